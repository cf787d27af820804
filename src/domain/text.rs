//! Shared strings and lists, each one pointer wide, and the interner that makes strings shared.

use std::{ops::Deref, sync::Arc};

use hashbrown::HashSet;
use thin_vec::ThinVec;

/// A string that many objects share. An empty one takes no room of its own.
pub type Text = arcstr::ArcStr;

/// A list of an object's own. An empty one takes no room beside its pointer, as most of them are.
pub type List<T> = ThinVec<T>;

/// A list that is never changed and that equal objects hold together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shared<T>(Option<Arc<ThinVec<T>>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Deref for Shared<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |list| list.as_slice())
    }
}

impl<T> FromIterator<T> for Shared<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list: ThinVec<T> = items.into_iter().collect();
        list.shrink_to_fit();
        Self((!list.is_empty()).then(|| Arc::new(list)))
    }
}

impl<T> From<Vec<T>> for Shared<T> {
    fn from(list: Vec<T>) -> Self {
        list.into_iter().collect()
    }
}

impl<'a, T> IntoIterator for &'a Shared<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

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
        if text.is_empty() {
            return Text::new();
        }
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
        self.seen
            .retain(|text| Text::strong_count(text).is_none_or(|held| held > 1));
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
        assert!(Text::ptr_eq(&a, &b));
        drop((a, b));
        interner.sweep();
        assert!(interner.is_empty());
    }

    #[test]
    fn a_shared_list_is_one_pointer_and_an_empty_one_is_none() {
        assert_eq!(size_of::<Shared<Text>>(), size_of::<usize>());
        let empty = Shared::<Text>::from(Vec::new());
        assert_eq!(empty, Shared::default());
        assert!(empty.is_empty());
    }
}
