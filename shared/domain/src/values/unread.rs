//! What is stored of a record and this release does not understand.

use std::{any::Any, fmt, sync::Arc};

/// What the store has of a record besides what this release reads of it: attributes and
/// words of another release. Nothing is decided by it. It travels with the record, so
/// that whoever writes the record writes this back as it was; only the store looks in.
#[derive(Clone, Default)]
pub struct Unread(Option<Arc<dyn Any + Send + Sync>>);

impl Unread {
    /// What the store wants back.
    pub fn new(stored: impl Any + Send + Sync) -> Self {
        Self(Some(Arc::new(stored)))
    }

    /// What the store wanted back; none of a record that was never stored.
    pub fn stored<T: Any>(&self) -> Option<&T> {
        self.0.as_ref()?.downcast_ref()
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unread")
    }
}

/// Two records are the same whatever else is stored of them.
impl PartialEq for Unread {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Unread {}
