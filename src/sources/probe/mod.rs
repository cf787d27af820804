//! Reachability and latency of the endpoints named in the configuration.
