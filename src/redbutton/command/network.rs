//! Tools of networks: connections, and objects with an action behind them.

use super::{
    Word,
    verdict::{Part, allowed, asked, destructive},
    walk::texts,
};

/// `nc -z HOST PORT` only looks whether somebody answers.
pub(super) fn connect(name: &str, arguments: &[Word], command: &str) -> Part {
    let runs = texts(arguments).any(|word| {
        let upper = word.to_uppercase();
        matches!(word, "-e" | "-c" | "--exec" | "--sh-exec")
            || upper.starts_with("EXEC:")
            || upper.starts_with("SYSTEM:")
    });
    let probes = texts(arguments).any(|word| word.starts_with('-') && word.contains('z'));
    if probes && !runs {
        allowed(command, "-z")
    } else {
        asked(command, "opens a connection", name)
    }
}

const VALUES: [&str; 12] = [
    "-n",
    "-netns",
    "-f",
    "-family",
    "-m",
    "--mode",
    "--fields",
    "-g",
    "--get-values",
    "-rc",
    "-w",
    "--wait",
];
const LOSES: [&str; 6] = ["delete", "flush", "remove", "down", "disconnect", "clear"];
const LOOKS: [&str; 10] = [
    "list",
    "lst",
    "status",
    "get",
    "identify",
    "pids",
    "monitor",
    "connectivity",
    "permissions",
    "hostname",
];

/// Takes flags off the front: these tools join no letters.
fn after_own_flags(arguments: &[Word]) -> &[Word] {
    let mut rest = arguments;
    while let Some(first) = rest.first().filter(|word| word.text.starts_with('-')) {
        let takes = VALUES.contains(&first.text.as_str());
        rest = rest.get(if takes { 2 } else { 1 }..).unwrap_or_default();
    }
    rest
}

/// `ip` and `nmcli` take any beginning of an object or an action.
pub(super) fn objects(name: &str, arguments: &[Word], command: &str) -> Option<Part> {
    let batch = |word: &str| matches!(word, "-b" | "-batch" | "-B" | "-force");
    if name == "ip" && texts(arguments).any(batch) {
        return Some(asked(command, "runs a file of commands", "-batch"));
    }
    let rest = after_own_flags(arguments);
    let object = rest.first()?.text.as_str();
    let Some(action) = rest.get(1).map(|word| word.text.as_str()) else {
        return Some(allowed(command, object));
    };
    let short = |full: &str, least: usize| action.len() >= least && full.starts_with(action);
    let shown = format!("{name} {object} {action}");
    // of a link, `s` is `set`
    let least = if matches!(object, "l" | "li" | "lin" | "link") {
        2
    } else {
        1
    };
    let looks = short("show", least)
        || LOOKS.iter().any(|one| short(one, 2))
        || action == "l"
        || object.starts_with("mon")
        || (name == "ip" && action == "dev");
    // `nmcli general hostname NAME` sets it; `ip link set eno1 down` takes it away
    let sets = action == "hostname" && rest.len() > 2;
    let downs = short("set", 1) && rest.iter().skip(2).any(|word| word.text == "down");
    Some(
        if action == "del" || LOSES.iter().any(|one| short(one, 1)) || downs {
            destructive(command, action)
        } else if looks && !sets {
            allowed(command, &shown)
        } else {
            asked(command, &format!("`{shown}` changes something"), action)
        },
    )
}
