//! Argo CD through its own API.
