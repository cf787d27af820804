//! The one store: applies updates, indexes, freshness and rights per source.
