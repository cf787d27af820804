//! What is known of tools and languages, as the files of `assets/commands` have it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::table::Tool;

/// The files, one after the other: each is a family of tools.
const FILES: &str = concat!(
    include_str!("../../../assets/commands/words.toml"),
    include_str!("../../../assets/commands/languages.toml"),
    include_str!("../../../assets/commands/wrappers.toml"),
    include_str!("../../../assets/commands/reading.toml"),
    include_str!("../../../assets/commands/files.toml"),
    include_str!("../../../assets/commands/kubernetes.toml"),
    include_str!("../../../assets/commands/containers.toml"),
    include_str!("../../../assets/commands/git.toml"),
    include_str!("../../../assets/commands/cloud.toml"),
    include_str!("../../../assets/commands/databases.toml"),
    include_str!("../../../assets/commands/virtual.toml"),
    include_str!("../../../assets/commands/storage.toml"),
    include_str!("../../../assets/commands/network.toml"),
    include_str!("../../../assets/commands/system.toml"),
    include_str!("../../../assets/commands/packages.toml"),
    include_str!("../../../assets/commands/hardware.toml"),
);

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    // the files are part of the program; a test reads them
    toml::from_str(FILES).unwrap_or_default()
});

/// All that is known.
pub(super) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

/// All that is known, as the files have it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Lexicon {
    /// Verbs of any tool.
    pub words: Words,
    /// Variables that decide what is run.
    pub steering: Steering,
    /// Flags with values of tools that carry a command to another place.
    pub carriers: Carriers,
    /// Statements of SQL.
    pub sql: Sql,
    /// Commands of Redis.
    pub redis: Redis,
    /// Calls of MongoDB's shell.
    pub mongo: Mongo,
    /// Harmless Python.
    pub python: Python,
    /// Programs whose arguments are a program of their language.
    pub interpreters: Interpreters,
    /// Commands around commands.
    pub wrapper: Vec<Wrapper>,
    /// Tools that mostly read.
    pub reading: Vec<Reading>,
    /// Tools with their verbs and flags.
    pub tool: Vec<Tool>,
}

/// Verbs whatever tool they belong to.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Words {
    /// They lose something.
    pub destroy: Vec<String>,
    /// They change something.
    pub change: Vec<String>,
    /// They only look.
    pub read: Vec<String>,
    /// Flags with which a look writes what it saw into a file.
    pub writes: Vec<String>,
}

/// Variables of the environment.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Steering {
    /// Names of programs, of start-up files, of places where programs are looked for.
    pub names: Vec<String>,
    /// How such names begin.
    pub starts: Vec<String>,
    /// How the names of those end whose value is a program.
    pub ends: Vec<String>,
    /// Names that begin so and are harmless.
    pub plain: Vec<String>,
    /// Pagers and editors that do nothing of their own.
    pub plain_programs: Vec<String>,
}

/// Flags that take a value, of tools that carry a command.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Carriers {
    /// Into a pod, a container, a guest.
    pub exec: Vec<String>,
    /// Into a new container.
    pub run: Vec<String>,
    /// To another machine.
    pub ssh: Vec<String>,
    /// Options of ssh that run a program here.
    pub ssh_programs: Vec<String>,
    /// Modules of Ansible that only look.
    pub ansible_reads: Vec<String>,
}

/// Words of SQL.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Sql {
    /// Keywords that lose something.
    pub loses: Vec<String>,
    /// Words that change something inside a query.
    pub writes: Vec<String>,
    /// Beginnings of functions that do.
    pub write_starts: Vec<String>,
    /// First words of statements that only look, whatever follows.
    pub shows: Vec<String>,
    /// First words of queries.
    pub queries: Vec<String>,
    /// Commands of the client itself that only look.
    pub client: Vec<String>,
}

/// Commands of Redis.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Redis {
    /// Flags that take a value.
    pub values: Vec<String>,
    /// They lose something.
    pub loses: Vec<String>,
    /// They only look.
    pub reads: Vec<String>,
    /// Those with a verb behind them.
    pub groups: Vec<String>,
    /// Verbs of groups that lose something.
    pub group_loses: Vec<String>,
    /// Verbs of groups that only look.
    pub group_reads: Vec<String>,
    /// Flags that only look.
    pub read_flags: Vec<String>,
}

/// Calls of MongoDB's shell.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Mongo {
    /// Beginnings of calls that lose something.
    pub loses: Vec<String>,
    /// Calls that only look.
    pub reads: Vec<String>,
}

/// Python that does nothing but read its input and print.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Python {
    /// Modules.
    pub modules: Vec<String>,
    /// Functions, methods and attributes.
    pub names: Vec<String>,
}

/// Programs whose arguments are a program of their language.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Interpreters {
    /// Their names.
    pub names: Vec<String>,
    /// Clients of databases.
    pub clients: Vec<String>,
    /// Pieces of programs that lose something.
    pub loses: Vec<String>,
}

/// How a wrapper takes its own arguments before the command it runs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Wrapper {
    /// Names.
    pub names: Vec<String>,
    /// Flags that take the next word.
    pub values: Vec<String>,
    /// Words of its own before the command (a time, a host, a folder).
    pub own: usize,
    /// It takes a whole line as one word too.
    pub line: bool,
    /// An option nobody expected may have taken the place of the command.
    pub unsure: bool,
    /// Harmless without a command.
    pub idle: bool,
    /// Flags with which it runs nothing and only shows something.
    pub looks: Vec<String>,
}

/// A tool that mostly reads.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Reading {
    /// Names.
    pub names: Vec<String>,
    /// Letters of short flags that write or run something.
    pub letters: String,
    /// Long flags that do.
    pub long: Vec<String>,
    /// How many words it may be given before it changes something; any number if left out.
    pub most: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_read() {
        let file: Lexicon = toml::from_str(FILES).unwrap();
        assert!(file.tool.len() > 50 && file.wrapper.len() > 5);
    }
}
