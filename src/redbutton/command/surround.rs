//! Variables set in front of a command: some decide what is run.

use super::{
    Word,
    judge::{Part, Verdict, judge_text, part},
};
use crate::{journal::Registry, redbutton::Tier};

/// Variables that name programs, files of start-up code or the places where programs are looked for.
const STEERING: [&str; 25] = [
    "PATH",
    "BASH_ENV",
    "ENV",
    "IFS",
    "PS4",
    "PROMPT_COMMAND",
    "SHELL",
    "LESSOPEN",
    "LESSCLOSE",
    "LESS",
    "MANOPT",
    "BROWSER",
    "TAR_OPTIONS",
    "RSYNC_RSH",
    "RIPGREP_CONFIG_PATH",
    "KUBECTL_EXTERNAL_DIFF",
    "NODE_OPTIONS",
    "RUBYOPT",
    "GREP_OPTIONS",
    "SHELLOPTS",
    "BASHOPTS",
    "CDPATH",
    "PSQLRC",
    "GCONV_PATH",
    "OPENSSL_CONF",
];
const STEERING_STARTS: [&str; 9] = [
    "LD_",
    "DYLD_",
    "GIT_",
    "PYTHON",
    "PERL5",
    "TF_CLI_ARGS",
    "BASH_FUNC",
    "SUDO_",
    "SSH_ASKPASS",
];
const STEERING_ENDS: [&str; 5] = ["PAGER", "EDITOR", "VISUAL", "ASKPASS", "_SSH_COMMAND"];
/// Pagers and editors that do nothing of their own.
const PLAIN_VALUES: [&str; 9] = [
    "",
    "cat",
    "less",
    "more",
    "less -R",
    "less -FRX",
    "vi",
    "vim",
    "nano",
];
/// Variables of git that say who, when and where.
const PLAIN_GIT: [&str; 11] = [
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_DATE",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_TERMINAL_PROMPT",
    "GIT_OPTIONAL_LOCKS",
    "GIT_SSL_NO_VERIFY",
];

fn steers(name: &str, value: &str) -> bool {
    let program = STEERING_ENDS.iter().any(|end| name.ends_with(end));
    if name == "LESS" {
        // `+` starts a command of the pager
        return value.contains('+');
    }
    if program {
        return !PLAIN_VALUES.contains(&value);
    }
    !PLAIN_GIT.contains(&name)
        && (STEERING.contains(&name) || STEERING_STARTS.iter().any(|start| name.starts_with(start)))
}

/// Asks for the assignments among `words` that decide what is run; a command in a value is judged.
pub(super) fn assignments(
    words: &[Word],
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) {
    for word in words {
        let Some((name, value)) = word.text.split_once('=') else {
            continue;
        };
        let name = name.trim_end_matches('+');
        if steers(name, value) {
            parts.push(part(
                &word.text,
                Verdict::Ask,
                Tier::Disrupt,
                format!("`{name}` decides what is run"),
                name,
            ));
            if value.contains(' ') {
                judge_text(value, registry, depth + 1, parts);
            }
        }
    }
}
