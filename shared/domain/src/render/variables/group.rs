//! Groups of variables, each described once.

/// What the linter has to know of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trait {
    /// Tells who a customer is, what they are to us or where they live: nobody else is to
    /// read it (E8).
    Personal,
    /// The address of a page: no page's any more once its letters are changed.
    Address,
    /// No meeting is without it.
    Always,
    /// Typed by people, so that anything may stand in it.
    Typed,
}

/// A variable of a group: what it is called, what it means and what it is.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) means: &'static str,
    pub(super) traits: &'static [Trait],
}

/// A group of variables: what each is called, what it means, what it is, and its value.
/// The list that people read, the values that are filled in and what the linter knows of
/// them are made of the same lines.
macro_rules! group {
    (
        $(#[$about:meta])*
        struct $name:ident {
            $($(#[doc = $meaning:literal])+ $field:ident: [$($trait:ident),*],)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, Serialize)]
        struct $name {
            $($(#[doc = $meaning])+ $field: String,)*
        }

        impl $name {
            /// Its variables.
            const FIELDS: &'static [Field] = &[$(Field {
                name: stringify!($field),
                means: concat!($($meaning),+),
                traits: &[$($trait),*],
            }),*];

            /// The values that people type.
            fn typed(&mut self) -> Vec<&mut String> {
                let mut typed = Vec::new();
                $(if [$($trait),*].contains(&Typed) {
                    typed.push(&mut self.$field);
                })*
                typed
            }
        }
    };
}

pub(super) use group;
