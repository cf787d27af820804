//! Exit codes: the contract with scripts.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well.
    Healthy,
    /// Something needs a look.
    Warnings,
    /// Something is broken.
    Critical,
    /// A source could not be read.
    Unreadable,
    /// The command line is wrong.
    Usage,
    /// The configuration is wrong.
    Config,
    /// A command that was run ended with this code.
    Child(u8),
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Warnings => 1,
            Self::Critical => 2,
            Self::Unreadable => 3,
            Self::Usage => 64,
            Self::Config => 78,
            Self::Child(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
