//! `redbutton completions SHELL` and `redbutton man`.

use clap::{Args, CommandFactory};

use super::{Cli, Exit};

/// Print shell completions.
#[derive(Debug, Args)]
pub struct Completions {
    /// Shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Prints the completions.
#[must_use]
pub fn run(command: &Completions) -> Exit {
    clap_complete::generate(
        command.shell,
        &mut Cli::command(),
        "redbutton",
        &mut std::io::stdout(),
    );
    Exit::Healthy
}

/// Prints the manual page.
#[must_use]
pub fn man() -> Exit {
    match clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout()) {
        Ok(()) => Exit::Healthy,
        Err(why) => {
            complain!("redbutton: {why}");
            Exit::Unreadable
        }
    }
}
