//! From a subject to ranked causes with evidence.
