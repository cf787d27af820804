//! When a key may answer a question.

/// What is known of the keyboard since a question stands there.
#[derive(Clone, Copy, Default)]
pub(super) struct Calm {
    armed: bool,
    steady: bool,
}

impl Calm {
    /// Keys count: for a moment none came since the question stood there, so that nothing typed
    /// before it is taken as an answer.
    pub(super) const fn counts(self) -> bool {
        self.armed
    }

    /// No key came for a moment: the next one is pressed on purpose, and no part of a paste or of a
    /// key that is held down.
    pub(super) const fn is_steady(self) -> bool {
        self.armed && self.steady
    }

    /// A key came.
    pub(super) fn pressed(&mut self) {
        self.steady = false;
    }

    /// No key came for a moment.
    pub(super) fn quiet(&mut self) {
        self.armed = true;
        self.steady = true;
    }
}
