//! Capacity per blade and cluster.
