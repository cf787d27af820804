//! Audit log, approved commands, PROGRESS.md scribe, search in past incidents.
