//! Shared strings and the interner that makes them shared.

use std::sync::Arc;

use hashbrown::HashSet;

/// A string that many objects share.
pub type Text = Arc<str>;

/// Gives equal strings one allocation.
///
/// Names, images, labels and reasons repeat thousands of times in a cluster; the decoder keeps
/// one interner for as long as its source runs.
#[derive(Debug, Default)]
pub struct Interner {
    seen: HashSet<Text>,
}

impl Interner {
    /// An interner that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The shared form of `text`.
    pub fn text(&mut self, text: &str) -> Text {
        self.seen
            .get_or_insert_with(text, |text| Text::from(text))
            .clone()
    }

    /// The shared form of `text`, or `None` where it is empty: Kubernetes leaves absent strings empty.
    pub fn some(&mut self, text: &str) -> Option<Text> {
        (!text.is_empty()).then(|| self.text(text))
    }

    /// Forgets strings that nothing but this interner holds any more.
    pub fn sweep(&mut self) {
        self.seen.retain(|text| Arc::strong_count(text) > 1);
    }

    /// How many different strings are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_share_one_allocation_until_swept() {
        let mut interner = Interner::new();
        let a = interner.text("truenas-nfs");
        let b = interner.text("truenas-nfs");
        assert!(Arc::ptr_eq(&a, &b));
        drop((a, b));
        interner.sweep();
        assert!(interner.is_empty());
    }
}
