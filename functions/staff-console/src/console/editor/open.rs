//! Which sections of the form are open.

use usher_console::{Fields, Mistake, own};

/// Which sections of the form are open.
pub(super) enum Open {
    /// The first: nobody has touched the form.
    First,
    /// All: it cannot be told which of them were.
    All,
    /// Those of these texts, by their ids.
    Those(Vec<String>),
}

impl Open {
    /// Those that were when the form was sent; what is known of it only with a script.
    pub(super) fn of(fields: &Fields) -> Self {
        match own(fields, "_open").unwrap_or_default() {
            "" => Self::All,
            ids => Self::Those(ids.split(',').map(str::to_owned).collect()),
        }
    }

    /// The same, and what has just been added or has a mistake.
    pub(super) fn has(
        &self,
        index: usize,
        id: &str,
        last_is_new: bool,
        errors: &[Mistake],
    ) -> bool {
        let place = format!("configs.{index}.");
        let wrong = errors.iter().any(|error| error.field.starts_with(&place));
        wrong
            || last_is_new
            || match self {
                Self::First => index == 0,
                Self::All => true,
                Self::Those(ids) => ids.iter().any(|open| open == id),
            }
    }
}
