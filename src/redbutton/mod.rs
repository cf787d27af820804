//! The only way to change anything: classify, plan, preflight, confirm, execute, verify, record.
