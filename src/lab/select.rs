//! Label and field selectors, as the API server reads them.

use serde_json::Value;

/// Whether an object's labels meet a selector such as `app=web,tier in (a,b),!old`.
#[must_use]
pub fn labels(selector: &str, object: &Value) -> bool {
    split(selector)
        .iter()
        .all(|term| label(term, &object["metadata"]["labels"]))
}

/// Splits at commas outside of brackets.
fn split(selector: &str) -> Vec<String> {
    let mut out = Vec::new();
    let (mut depth, mut term) = (0, String::new());
    for c in selector.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                out.push(std::mem::take(&mut term));
                continue;
            }
            _ => {}
        }
        term.push(c);
    }
    out.push(term);
    out.into_iter()
        .map(|term| term.trim().to_owned())
        .filter(|term| !term.is_empty())
        .collect()
}

fn label(term: &str, labels: &Value) -> bool {
    let value = |key: &str| labels[key.trim()].as_str();
    if let Some((key, wanted)) = term.split_once("!=") {
        return value(key) != Some(wanted.trim());
    }
    if let Some((key, wanted)) = term.split_once("==").or_else(|| term.split_once('=')) {
        return value(key) == Some(wanted.trim());
    }
    if let Some((key, list)) = term.split_once(" notin ") {
        return !value(key).is_some_and(|found| listed(list, found));
    }
    if let Some((key, list)) = term.split_once(" in ") {
        return value(key).is_some_and(|found| listed(list, found));
    }
    match term.strip_prefix('!') {
        Some(key) => value(key).is_none(),
        None => value(term).is_some(),
    }
}

fn listed(list: &str, value: &str) -> bool {
    list.trim()
        .trim_matches(['(', ')'])
        .split(',')
        .any(|one| one.trim() == value)
}

/// Whether an object's fields meet a selector such as `spec.nodeName=a,status.phase!=Failed`.
#[must_use]
pub fn fields(selector: &str, object: &Value) -> bool {
    selector
        .split(',')
        .filter(|term| !term.is_empty())
        .all(|term| {
            let (path, wanted, equal) = match term.split_once("!=") {
                Some((path, wanted)) => (path, wanted, false),
                None => match term.split_once("==").or_else(|| term.split_once('=')) {
                    Some((path, wanted)) => (path, wanted, true),
                    None => return false,
                },
            };
            let found = path.split('.').fold(object, |value, step| &value[step]);
            let text = match found {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            (text == wanted) == equal
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn selectors_of_both_kinds() {
        let pod = json!({"metadata": {"name": "a", "labels": {"app": "web", "tier": "x"}}, "spec": {"nodeName": "n1"}});
        for (selector, holds) in [
            ("app=web", true),
            ("app!=web", false),
            ("app in (a,web),tier", true),
            ("!tier", false),
            ("app notin (b)", true),
            ("", true),
        ] {
            assert_eq!(labels(selector, &pod), holds, "{selector}");
        }
        assert!(fields("spec.nodeName=n1,metadata.name!=b", &pod));
        assert!(!fields("status.phase=Running", &pod));
    }
}
