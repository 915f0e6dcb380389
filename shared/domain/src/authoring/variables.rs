//! The variables that a text may name, for whoever writes one.

use super::samples::rich_sample;
use crate::{
    language::Language,
    render::{Variable, variables::documented},
};

/// Every variable a text may name, as readers of `language` see the sample meeting.
pub fn variables(language: Language) -> Vec<Variable> {
    documented(rich_sample(language))
}
