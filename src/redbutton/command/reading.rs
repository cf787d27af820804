//! Tools that mostly read: the letters and the number of words with which they do more.

use super::{
    Word,
    judge::Part,
    special::{asked, destructive},
};

/// A tool, the letters of its short flags that write or run something, and how many words it may be given
/// before it changes something.
const LIMITS: [(&str, &str, usize); 20] = [
    ("sort", "oTS", usize::MAX),
    ("shuf", "o", usize::MAX),
    ("uniq", "", 1),
    ("date", "s", 0),
    ("hostname", "Fb", 0),
    ("ifconfig", "", 1),
    ("route", "", 0),
    ("xxd", "r", 1),
    ("tree", "o", usize::MAX),
    ("tcpdump", "wzW", usize::MAX),
    ("arp", "sfd", usize::MAX),
    ("dmesg", "nED", 0),
    ("less", "oO", usize::MAX),
    ("more", "", usize::MAX),
    ("man", "P", usize::MAX),
    ("ss", "K", usize::MAX),
    ("kubectx", "du", 1),
    ("bat", "", usize::MAX),
    ("nmap", "", usize::MAX),
    ("mapfile", "C", usize::MAX),
];

/// Long flags that make a reading tool run or write something.
const LONG: [&str; 9] = [
    "--output",
    "--pager",
    "--compress-program",
    "--set",
    "--script",
    "--log-file",
    "--LOG-FILE",
    "--file",
    "--hostname-bin",
];

/// What a reading tool changes all the same; `None` where nothing.
pub(super) fn judge(name: &str, arguments: &[Word], command: &str) -> Option<Part> {
    let (_, letters, most) = LIMITS.iter().find(|one| one.0 == name)?;
    let mut plain = 0;
    for word in arguments {
        let text = word.text.as_str();
        if text.starts_with("--") {
            if LONG.contains(&text.split('=').next().unwrap_or_default())
                && !(name == "date" && text.starts_with("--file"))
            {
                return Some(asked(command, "writes or runs something", text));
            }
        } else if let Some(flags) = text.strip_prefix('-') {
            let value_inside =
                flags.starts_with(['I', 'k', 't', 'd']) && matches!(name, "date" | "sort");
            let output = name == "nmap" && flags.starts_with('o');
            if output || (!value_inside && flags.contains(|c| letters.contains(c))) {
                return Some(asked(command, "writes or runs something", text));
            }
        } else if let Some(command_of_pager) = text.strip_prefix('+') {
            if matches!(name, "less" | "more")
                && command_of_pager.contains(['!', '|', 's', 'v', '#', '&'])
            {
                return Some(asked(command, "gives the pager a command", text));
            }
        } else {
            plain += 1;
        }
    }
    let value_of_flag = match name {
        "date" => arguments.iter().any(|word| {
            matches!(
                word.text.as_str(),
                "-d" | "-r" | "-f" | "--date" | "--reference"
            )
        }),
        "dmesg" => true,
        _ => false,
    };
    let loses = name == "route"
        && arguments
            .iter()
            .any(|word| matches!(word.text.as_str(), "del" | "flush"));
    if loses {
        return Some(destructive(command, "route del"));
    }
    (plain > *most && !value_of_flag).then(|| asked(command, "sets something", name))
}

/// `ip` and `nmcli` take any beginning of an object or an action.
pub(super) fn network(name: &str, arguments: &[Word], command: &str) -> Option<Part> {
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
    let rest = super::nested::after_flags(&VALUES, arguments);
    if arguments
        .iter()
        .any(|word| matches!(word.text.as_str(), "-b" | "-batch" | "-B" | "-force"))
        && name == "ip"
    {
        return Some(asked(command, "runs a file of commands", "-batch"));
    }
    let object = rest.first()?.text.as_str();
    let Some(action) = rest.get(1).map(|word| word.text.as_str()) else {
        return Some(super::special::allowed(command, object));
    };
    let short = |full: &str, least: usize| action.len() >= least && full.starts_with(action);
    let set_comes_first = matches!(object, "l" | "li" | "lin" | "link");
    if ["delete", "flush", "remove", "down", "disconnect", "clear"]
        .iter()
        .any(|one| short(one, 1))
        || action == "del"
    {
        Some(destructive(command, action))
    } else if short("show", if set_comes_first { 2 } else { 1 })
        || [
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
        ]
        .iter()
        .any(|one| short(one, 2))
        || action == "l"
        || object.starts_with("mon")
        || (name == "ip" && action == "dev")
    {
        // `nmcli general hostname NAME` sets it
        let sets = matches!(action, "hostname") && rest.len() > 2;
        Some(if sets {
            asked(command, "sets something", action)
        } else {
            super::special::allowed(command, &format!("{name} {object} {action}"))
        })
    } else {
        Some(asked(
            command,
            &format!("`{name} {object} {action}` changes something"),
            action,
        ))
    }
}
