//! Prometheus queries, where a profile names a server.
