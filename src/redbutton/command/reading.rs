//! Tools that mostly read: the letters and the number of words with which they do more.

use super::{
    Word,
    lexicon::{Reading, lexicon},
    verdict::{Part, asked, destructive},
    walk::texts,
};

/// What a reading tool changes all the same; `None` where nothing.
pub(super) fn judge(name: &str, arguments: &[Word], command: &str) -> Option<Part> {
    let known = &lexicon().reading;
    let tool = known
        .iter()
        .find(|one| one.names.iter().any(|own| own == name))?;
    if let Some(text) = texts(arguments).find(|text| does_more(tool, name, text)) {
        return Some(asked(command, "writes or runs something", text));
    }
    let loses = |text: &str| matches!(text, "del" | "flush");
    if name == "route" && texts(arguments).any(loses) {
        return Some(destructive(command, "route del"));
    }
    // a value of `date -d` or of `dmesg -l` is no word of its own
    let value = match name {
        "date" => texts(arguments)
            .any(|text| matches!(text, "-d" | "-r" | "-f" | "--date" | "--reference")),
        "dmesg" => true,
        _ => false,
    };
    let plain = texts(arguments)
        .filter(|text| !text.starts_with(['-', '+']))
        .count();
    let sets = tool.most.is_some_and(|most| plain > most && !value);
    sets.then(|| asked(command, "sets something", name))
}

/// A flag that writes or runs, a command for the pager, or `sysctl KEY=VALUE`.
fn does_more(tool: &Reading, name: &str, text: &str) -> bool {
    if text.starts_with("--") {
        let flag = text.split('=').next().unwrap_or(text);
        return tool.long.iter().any(|one| one == flag);
    }
    if let Some(flags) = text.strip_prefix('-') {
        // what follows such a letter is its value
        let value_inside =
            flags.starts_with(['I', 'k', 't', 'd']) && matches!(name, "date" | "sort");
        let output = name == "nmap" && flags.starts_with('o');
        return output || (!value_inside && flags.contains(|c| tool.letters.contains(c)));
    }
    match text.strip_prefix('+') {
        Some(pager) => {
            matches!(name, "less" | "more") && pager.contains(['!', '|', 's', 'v', '#', '&'])
        }
        None => name == "sysctl" && text.contains('='),
    }
}
