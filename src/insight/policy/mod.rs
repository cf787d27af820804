//! The prime directives as findings.
