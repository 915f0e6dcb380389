//! Who is asking the API: the claims that API Gateway's JWT authorizer has verified.
//!
//! This module never verifies a token itself and has no bypass: without an
//! authorizer in front of it, every request is unauthenticated.

use axum::{Extension, extract::FromRequestParts, http::request::Parts};
use lambda_http::request::RequestContext;
use serde::{Deserialize, Serialize};
use usher_domain::actor::Actor;

use crate::{Problem, ProblemKind};

/// What a member of staff may do; each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// See, send, answer on a customer's behalf.
    Member,
    /// Also edit templates.
    Manager,
    /// Also edit settings.
    Admin,
}

impl Role {
    fn named(name: &str) -> Option<Self> {
        match name {
            "member" => Some(Self::Member),
            "manager" => Some(Self::Manager),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    /// The word for it in the roles claim.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// The highest role in a claim's value: one name, names apart by spaces or
    /// commas, or `[admin member]`, which is how API Gateway writes an array.
    ///
    /// That rendering makes an array's elements and their words look alike, so
    /// the claim must come from an issuer whose group names have no spaces.
    pub fn highest(claim: &str) -> Option<Self> {
        claim
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '"'))
            .filter_map(Self::named)
            .max()
    }
}

/// The claim that names the roles, such as `roles` or `cognito:groups`;
/// [`api`](crate::api) hands it to the extractors of this module.
#[derive(Debug, Clone)]
pub struct RolesClaim(pub String);

/// A signed-in person or program with at least the role of a member.
///
/// As an extractor it answers 401 without verified claims and 403 when they
/// name no known role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The issuer's stable id: the claim `sub`.
    pub subject: String,
    /// What colleagues call them: `name`, else `preferred_username`, else `sub`.
    pub name: String,
    /// The highest role they have.
    pub role: Role,
    /// The client id, of a program that acts for nobody in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

impl Identity {
    /// Whom verified claims describe; `claim` gives each by its name, and that of
    /// `roles` as [`Role::highest`] reads it.
    ///
    /// # Errors
    /// A 403 problem when they name nobody, or no role that we know.
    pub fn from_claims(
        roles: &str,
        claim: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let claim = |name: &str| claim(name).filter(|value| !value.trim().is_empty());
        let role = claim(roles).and_then(|value| Role::highest(&value));
        let (Some(subject), Some(role)) = (claim("sub"), role) else {
            let detail = format!(
                "Your token's claim {roles:?} names none of member, manager and admin. \
                 Ask an admin of your organization for a role."
            );
            return Err(Problem::new(ProblemKind::Forbidden, detail));
        };
        let name = claim("name").or_else(|| claim("preferred_username"));
        let client = claim("client_id").or_else(|| claim("azp"));
        // RFC 9068 §2.2: where no person is involved, the subject is the client. Auth0
        // says so by the grant's type.
        let program = client.as_ref() == Some(&subject)
            || claim("gty").as_deref() == Some("client-credentials")
            || (client.is_none() && name.is_none());
        Ok(Self {
            program: program.then(|| client.unwrap_or_else(|| subject.clone())),
            name: name.unwrap_or_else(|| subject.clone()),
            subject,
            role,
        })
    }

    /// The identity of somebody who has signed in by themselves: a person.
    #[must_use]
    pub fn of_person(self) -> Self {
        Self {
            program: None,
            ..self
        }
    }

    /// Who acts, as it is written on what they change.
    pub fn actor(&self) -> Actor {
        match &self.program {
            Some(client) => Actor::program(client),
            None => Actor::person(&self.subject, &self.name),
        }
    }

    /// # Errors
    /// A 403 problem when the role is below `role`.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.role >= role {
            return Ok(());
        }
        let detail = format!(
            "This takes the role {}; yours is {}. Ask an admin of your organization.",
            role.name(),
            self.role.name(),
        );
        Err(Problem::new(ProblemKind::Forbidden, detail))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(Extension(RolesClaim(roles))) =
            Extension::<RolesClaim>::from_request_parts(parts, state).await
        else {
            tracing::error!("a route asks for an identity outside usher_web::api");
            return Err(Problem::internal());
        };
        let unauthenticated = || {
            let detail = "Send a valid bearer token in the Authorization header.";
            Problem::new(ProblemKind::Unauthenticated, detail)
        };
        let context = parts.extensions.get::<RequestContext>();
        let jwt = context
            .and_then(RequestContext::authorizer)
            .and_then(|a| a.jwt.as_ref());
        let claims = &jwt.ok_or_else(unauthenticated)?.claims;
        let claim = |name: &str| claims.get(name).filter(|value| !value.trim().is_empty());
        claim("sub").ok_or_else(unauthenticated)?;
        Self::from_claims(&roles, |name| claim(name).cloned())
    }
}

/// An [`Identity`] that is at least a manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manager(pub Identity);

impl<S: Send + Sync> FromRequestParts<S> for Manager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let identity = Identity::from_request_parts(parts, state).await?;
        identity.require(Role::Manager)?;
        Ok(Self(identity))
    }
}

/// An [`Identity`] that is an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin(pub Identity);

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let identity = Identity::from_request_parts(parts, state).await?;
        identity.require(Role::Admin)?;
        Ok(Self(identity))
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, extract::Request};
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    /// A request as it leaves lambda_http, from API Gateway's own payload.
    fn parts(authorizer: Value) -> Parts {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
            "headers": {}, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "1", "apiId": "a", "domainName": "d", "domainPrefix": "d",
                "requestId": "r", "routeKey": "$default", "stage": "$default",
                "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 0, "authorizer": authorizer,
                "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1",
                         "sourceIp": "127.0.0.1", "userAgent": "test"},
            },
        });
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        let (mut parts, _) = request.into_parts();
        parts.extensions.insert(RolesClaim("roles".into()));
        parts
    }

    fn claims(claims: Value) -> Parts {
        parts(json!({"jwt": {"claims": claims, "scopes": null}}))
    }

    async fn extract<T>(mut parts: Parts) -> Result<T, ProblemKind>
    where
        T: FromRequestParts<(), Rejection = Problem>,
    {
        T::from_request_parts(&mut parts, &())
            .await
            .map_err(|problem| problem.kind())
    }

    #[rstest]
    #[case("member", Role::Member)]
    #[case("admin", Role::Admin)]
    #[case("[admin member]", Role::Admin)]
    #[case("[member]", Role::Member)]
    #[case("member manager", Role::Manager)]
    #[case("member,manager , guests", Role::Manager)]
    #[tokio::test]
    async fn the_highest_role_of_the_claim_counts(#[case] roles: &str, #[case] role: Role) {
        let parts = claims(json!({"sub": "u1", "name": "Ada", "roles": roles}));
        let expected = Identity {
            subject: "u1".into(),
            name: "Ada".into(),
            role,
            program: None,
        };
        assert_eq!(extract::<Identity>(parts).await, Ok(expected));
    }

    #[rstest]
    #[case(json!({"sub": "u1"}))]
    #[case(json!({"sub": "u1", "roles": ""}))]
    #[case(json!({"sub": "u1", "roles": "[]"}))]
    #[case(json!({"sub": "u1", "roles": "administrator admins Admin"}))]
    #[case(json!({"sub": "u1", "groups": "admin"}))]
    #[tokio::test]
    async fn a_token_without_a_known_role_is_forbidden(#[case] given: Value) {
        assert_eq!(
            extract::<Identity>(claims(given)).await,
            Err(ProblemKind::Forbidden)
        );
    }

    #[rstest]
    #[case(json!(null))]
    #[case(json!({}))]
    #[case(json!({"lambda": {"sub": "u1", "roles": "admin"}}))]
    #[case(json!({"jwt": {"claims": {}, "scopes": null}}))]
    #[case(json!({"jwt": {"claims": {"roles": "admin"}, "scopes": null}}))]
    #[tokio::test]
    async fn without_verified_claims_nobody_is_signed_in(#[case] authorizer: Value) {
        let identity = extract::<Identity>(parts(authorizer)).await;
        assert_eq!(identity, Err(ProblemKind::Unauthenticated));
    }

    #[tokio::test]
    async fn a_request_that_did_not_come_through_the_gateway_is_unauthenticated() {
        let mut parts = Request::new(Body::empty()).into_parts().0;
        parts.extensions.insert(RolesClaim("roles".into()));
        parts
            .headers
            .insert("authorization", "Bearer x".parse().unwrap());
        assert_eq!(
            extract::<Identity>(parts).await,
            Err(ProblemKind::Unauthenticated)
        );
    }

    #[rstest]
    #[case("member", false, false)]
    #[case("manager", true, false)]
    #[case("admin", true, true)]
    #[tokio::test]
    async fn routes_for_higher_roles_refuse_lower_ones(
        #[case] roles: &str,
        #[case] manager: bool,
        #[case] admin: bool,
    ) {
        let parts = || claims(json!({"sub": "u1", "roles": roles}));
        assert_eq!(extract::<Manager>(parts()).await.is_ok(), manager);
        assert_eq!(extract::<Admin>(parts()).await.is_ok(), admin);
    }

    #[tokio::test]
    async fn a_program_without_a_name_goes_by_its_subject() {
        let identity: Identity = extract(claims(json!({"sub": "crm", "roles": "member"})))
            .await
            .unwrap();
        assert_eq!(identity.name, "crm");
    }

    #[rstest]
    #[case(json!({"sub": "u1", "name": "Ada", "client_id": "console"}), Actor::person("u1", "Ada"))]
    #[case(json!({"sub": "u1", "preferred_username": "ada"}), Actor::person("u1", "ada"))]
    #[case(json!({"sub": "crm", "client_id": "crm", "name": "The CRM"}), Actor::program("crm"))]
    #[case(json!({"sub": "u1", "client_id": "app"}), Actor::person("u1", "u1"))]
    #[case(json!({"sub": "crm@clients", "azp": "crm", "gty": "client-credentials"}), Actor::program("crm"))]
    #[case(json!({"sub": "crm"}), Actor::program("crm"))]
    #[tokio::test]
    async fn who_acts_is_a_person_or_a_program(#[case] mut given: Value, #[case] actor: Actor) {
        given["roles"] = "member".into();
        let identity: Identity = extract(claims(given)).await.unwrap();
        assert_eq!(identity.actor(), actor);
    }

    #[tokio::test]
    async fn a_router_that_forgot_the_claim_lets_nobody_in() {
        let mut parts = claims(json!({"sub": "u1", "roles": "admin"}));
        parts.extensions.remove::<RolesClaim>();
        assert_eq!(extract::<Identity>(parts).await, Err(ProblemKind::Internal));
    }
}
