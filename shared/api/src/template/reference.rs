//! What template texts may name.

use serde::Serialize;
use usher_domain::{authoring, language::Language, render};
use utoipa::ToSchema;

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
    pub fn in_language(language: Language) -> Self {
        let variables = authoring::variables(language).into_iter();
        Self {
            variables: variables.map(Variable::from).collect(),
            filters: render::FILTERS.map(TextFilter::from).to_vec(),
        }
    }
}
