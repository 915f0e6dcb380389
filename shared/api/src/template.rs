//! Templates: what they are tried on, and what their texts may name.

use serde::{Deserialize, Serialize};
use usher_domain::{authoring, render, template::TemplateBody};
use utoipa::ToSchema;

use crate::word;

/// What is to be looked at.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The template as it is being written; the saved one when left out.
    #[serde(default)]
    pub template: Option<TemplateBody>,
    /// The notification type.
    #[serde(rename = "type")]
    pub kind: word::NotificationType,
    /// Which config of that type, where there are several; the first when left out.
    #[serde(default)]
    pub config_id: Option<String>,
    /// The reader's language tag; the attendee's when left out.
    #[serde(default)]
    pub language: Option<String>,
    /// A meeting to try it on, for its lead attendee; a sample when left out, which was
    /// moved by an hour if the type is an update.
    #[serde(default)]
    pub meeting_id: Option<String>,
}

/// One page of templates.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateList {
    /// By sequence, then by name.
    pub templates: Vec<TemplateBody>,
    /// Where the list goes on; null at its end. A page may be short and still go on.
    pub next_cursor: Option<String>,
    /// How many entries of this page are stored but cannot be read: 0 as a rule.
    pub unreadable: usize,
}

/// What template texts are made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reference {
    /// What `{{ }}` and `{% if %}` may name.
    pub variables: Vec<Variable>,
    /// What may follow a variable, after `|`.
    pub filters: Vec<TextFilter>,
}

/// A variable, as who writes texts reads of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Variable {
    /// What it is called, like `meeting.title`.
    pub name: String,
    /// What it means.
    pub means: String,
    /// What it is for the sample meeting, which was moved since it was announced.
    pub example: String,
}

/// A filter, as who writes texts reads of it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct TextFilter {
    /// What it is called.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arguments: usize,
    /// What it does.
    pub does: &'static str,
    /// It in use.
    pub example: &'static str,
}

impl From<render::Variable> for Variable {
    fn from(variable: render::Variable) -> Self {
        Self {
            name: variable.name,
            means: variable.means,
            example: variable.example,
        }
    }
}

impl From<render::TextFilter> for TextFilter {
    fn from(filter: render::TextFilter) -> Self {
        Self {
            name: filter.name,
            arguments: filter.arguments,
            does: filter.does,
            example: filter.example,
        }
    }
}

impl Reference {
    /// All of them, with examples in a language.
    pub fn in_language(language: usher_domain::language::Language) -> Self {
        let variables = authoring::variables(language).into_iter();
        Self {
            variables: variables.map(Variable::from).collect(),
            filters: render::FILTERS.map(TextFilter::from).to_vec(),
        }
    }
}
