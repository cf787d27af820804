//! The simulated lab: real HTTP servers on loopback that speak the three APIs.
