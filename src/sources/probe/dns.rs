//! Asks a name server for one name, over UDP: whether it answers, and with what.

use std::net::SocketAddr;

use tokio::net::UdpSocket;

/// Longest answer over UDP without extensions.
const LONGEST: usize = 512;

/// Asks a server for the addresses (A) of a name.
///
/// # Errors
/// Why there is no address, in words.
pub(super) async fn ask(server: SocketAddr, name: &str) -> std::io::Result<Result<(), String>> {
    let id = fastrand::u16(..);
    let local = if server.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(local).await?;
    socket.connect(server).await?;
    socket.send(&question(id, name)).await?;
    let mut answer = [0; LONGEST];
    loop {
        let length = socket.recv(&mut answer).await?;
        // an answer to another question is not waited for any shorter
        if let Some(said) = answer.get(..length).and_then(|answer| read(answer, id)) {
            return Ok(said.map_err(|why| format!("{name}: {why}")));
        }
    }
}

/// A question with recursion, for class IN and type A.
fn question(id: u16, name: &str) -> Vec<u8> {
    let mut out = id.to_be_bytes().to_vec();
    out.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.').filter(|label| !label.is_empty()) {
        let label = label.as_bytes();
        let label = label.get(..63).unwrap_or(label);
        out.push(u8::try_from(label.len()).unwrap_or_default());
        out.extend(label);
    }
    out.extend([0, 0, 1, 0, 1]);
    out
}

/// What an answer says, if it is one to this question.
fn read(answer: &[u8], id: u16) -> Option<Result<(), &'static str>> {
    let [a, b, flags, code, _, _, many, few, ..] = *answer else {
        return None;
    };
    if u16::from_be_bytes([a, b]) != id || flags & 0x80 == 0 {
        return None;
    }
    Some(match code & 0x0f {
        0 if (many, few) == (0, 0) => Err("the name has no address"),
        0 => Ok(()),
        2 => Err("the server failed (SERVFAIL)"),
        3 => Err("there is no such name (NXDOMAIN)"),
        5 => Err("the server refused (REFUSED)"),
        _ => Err("the server answers with an error"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_its_name_in_labels() {
        let bytes = question(0x0102, "a.bc");
        assert_eq!(
            bytes,
            [
                1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'a', 2, b'b', b'c', 0, 0, 1, 0, 1
            ]
        );
    }

    #[test]
    fn answers_are_told_from_errors_and_from_those_to_others() {
        let answer = |code: u8, few: u8| [1, 2, 0x81, code, 0, 1, 0, few, 0, 0, 0, 0];
        assert_eq!(read(&answer(0x80, 1), 0x0102), Some(Ok(())));
        assert!(matches!(read(&answer(0x80, 0), 0x0102), Some(Err(_))));
        assert!(
            matches!(read(&answer(0x83, 0), 0x0102), Some(Err(why)) if why.contains("NXDOMAIN"))
        );
        assert_eq!(read(&answer(0x80, 1), 0x0103), None);
        assert_eq!(read(&question(0x0102, "a"), 0x0102), None);
        assert_eq!(read(&[1, 2], 0x0102), None);
    }
}
