//! Conditional writes: `If-Match` or `If-None-Match` as a [`Precondition`] (RFC 9110 §13.1).

use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderName,
        header::{IF_MATCH, IF_NONE_MATCH},
        request::Parts,
    },
};
use usher_domain::{Failure, Precondition};

use crate::{Problem, ProblemKind};

/// The condition that a write's headers state; [`Precondition::None`] without any.
///
/// Answers 400 for what is no entity-tag, or names more than one version, and
/// 412 for tags that can match nothing: a weak one (If-Match compares strongly)
/// or one that this API never gave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditional(
    /// What must be true of the stored version.
    pub Precondition,
);

impl<S: Sync> FromRequestParts<S> for Conditional {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let if_match = field(&parts.headers, &IF_MATCH)?;
        let if_none_match = field(&parts.headers, &IF_NONE_MATCH)?;
        match (if_match, if_none_match) {
            (None, None) => Ok(Precondition::None),
            (Some(tags), None) => parse_if_match(&tags),
            (None, Some(tags)) if tags.trim() == "*" => Ok(Precondition::Absent),
            (None, Some(_)) => Err(bad(
                "If-None-Match takes only * here: create, never replace.",
            )),
            (Some(_), Some(_)) => Err(bad("Send If-Match or If-None-Match, not both.")),
        }
        .map(Self)
    }
}

/// The field's value; several lines of one field are one list (RFC 9110 §5.3).
fn field(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Problem> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str());
    let lines = lines
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| bad(format!("{name} holds characters outside ASCII.")))?;
    Ok((!lines.is_empty()).then(|| lines.join(",")))
}

fn parse_if_match(text: &str) -> Result<Precondition, Problem> {
    if text.trim() == "*" {
        return Ok(Precondition::Exists);
    }
    let tags = entity_tags(text).ok_or_else(|| {
        bad("If-Match must be * or the ETag of an earlier answer with its quotes, such as \"3\".")
    })?;
    let mut versions: Vec<u64> = tags.iter().filter_map(EntityTag::version).collect();
    versions.dedup();
    match versions.as_slice() {
        [] => Err(Failure::StaleVersion { current: None }.into()),
        [version] => Ok(Precondition::Version(*version)),
        _ => Err(bad(
            "If-Match names several versions. Name the one you read.",
        )),
    }
}

struct EntityTag<'a> {
    weak: bool,
    opaque: &'a str,
}

impl EntityTag<'_> {
    /// The version this tag stands for, when [`ETag`] would have written it so.
    fn version(&self) -> Option<u64> {
        let version: u64 = self.opaque.parse().ok()?;
        (!self.weak && version.to_string() == self.opaque).then_some(version)
    }
}

/// A list of at least one entity-tag; empty elements are passed over, as RFC
/// 9110 §5.6.1.2 asks. Commas may stand inside the quotes.
fn entity_tags(mut text: &str) -> Option<Vec<EntityTag<'_>>> {
    let mut tags = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\t', ',']);
        if text.is_empty() {
            return (!tags.is_empty()).then_some(tags);
        }
        let strong = text.strip_prefix("W/");
        let (opaque, rest) = strong.unwrap_or(text).strip_prefix('"')?.split_once('"')?;
        text = rest.trim_start_matches([' ', '\t']);
        let ends = text.is_empty() || text.starts_with(',');
        if !ends || !opaque.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        tags.push(EntityTag {
            weak: strong.is_some(),
            opaque,
        });
    }
}

fn bad(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::BadRequest, detail)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::testing::extract;

    #[rstest]
    #[case(&[], Precondition::None)]
    #[case(&[("if-match", "*")], Precondition::Exists)]
    #[case(&[("if-match", "\"7\"")], Precondition::Version(7))]
    #[case(&[("if-match", "\"0\"")], Precondition::Version(0))]
    #[case(&[("if-match", " , \"a,b\" ,W/\"3\", \"7\"")], Precondition::Version(7))]
    #[case(&[("if-match", "\"x\""), ("if-match", "\"7\"")], Precondition::Version(7))]
    #[case(&[("if-none-match", "*")], Precondition::Absent)]
    #[tokio::test]
    async fn a_condition_is_read(#[case] headers: &[(&str, &str)], #[case] expected: Precondition) {
        let Conditional(condition) = extract(headers).await.unwrap();
        assert_eq!(condition, expected);
    }

    #[rstest]
    #[case::weak("W/\"7\"", ProblemKind::StaleVersion)]
    #[case::never_given_out("\"abc\"", ProblemKind::StaleVersion)]
    #[case::another_spelling("\"07\"", ProblemKind::StaleVersion)]
    #[case::beyond_any_version("\"99999999999999999999\"", ProblemKind::StaleVersion)]
    #[case::unquoted("7", ProblemKind::BadRequest)]
    #[case::cut("\"7", ProblemKind::BadRequest)]
    #[case::empty("", ProblemKind::BadRequest)]
    #[case::no_comma("\"7\" \"8\"", ProblemKind::BadRequest)]
    #[case::star_in_a_list("*, \"7\"", ProblemKind::BadRequest)]
    #[case::several("\"7\", \"8\"", ProblemKind::BadRequest)]
    #[tokio::test]
    async fn an_if_match_that_cannot_hold_is_answered(
        #[case] value: &str,
        #[case] kind: ProblemKind,
    ) {
        let problem = extract::<Conditional>(&[("if-match", value)])
            .await
            .unwrap_err();
        assert_eq!(problem.kind(), kind);
    }

    #[rstest]
    #[case(&[("if-none-match", "\"7\"")])]
    #[case(&[("if-none-match", "*"), ("if-match", "*")])]
    #[tokio::test]
    async fn a_condition_that_is_not_understood_is_never_ignored(#[case] headers: &[(&str, &str)]) {
        let problem = extract::<Conditional>(headers).await.unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::BadRequest);
    }
}
