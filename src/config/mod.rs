//! File schema, defaults, profiles, validation with line numbers, secret references.
