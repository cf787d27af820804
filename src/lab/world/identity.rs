//! Names, UIDs and hashes that look like the real ones, and are the same in every run.

/// A UID that depends on nothing but its number, so that runs can be repeated.
#[must_use]
pub fn uid(number: u64) -> String {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        mixed >> 32,
        (mixed >> 16) & 0xffff,
        mixed & 0xfff,
        (mixed >> 4) & 0xfff,
        number
    )
}

/// A number that depends on a text alone.
#[must_use]
pub fn digest(text: &str) -> u64 {
    text.bytes().fold(1_469_598_103_934_665_603, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
    })
}

/// Letters and digits that make no words.
const SAFE: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// Five letters as Kubernetes appends them to generated names.
#[must_use]
pub fn letters(number: u64) -> String {
    let mut rest = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
    (0..5)
        .map(|_| {
            let at = usize::try_from(rest % SAFE.len() as u64).unwrap_or_default();
            rest /= SAFE.len() as u64;
            char::from(SAFE[at])
        })
        .collect()
}

/// The hash of a template as Kubernetes writes it into names: its decimal digits in safe letters.
#[must_use]
pub fn template_hash(template: &str) -> String {
    let short = digest(template) & u64::from(u32::MAX);
    short
        .to_string()
        .bytes()
        .map(|digit| char::from(SAFE[usize::from(digit) % SAFE.len()]))
        .collect()
}
