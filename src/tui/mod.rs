//! The screen: a pure view over the state, an update function, and effects.
