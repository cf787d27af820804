//! Keys and what else comes from the terminal, read on a thread of its own.
//!
//! Once the terminal is gone, crossterm reads its end for ever and never comes back. So it must not be
//! polled by the task that hears signals, and a terminal that is gone has to be noticed elsewhere.

use std::io;

use crossterm::event::{self, Event};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::mpsc;

/// Events that may wait for the screen; more make the reader wait.
const QUEUE: usize = 64;

/// What comes from the terminal.
pub(super) struct Terminal {
    events: mpsc::Receiver<Event>,
}

impl Terminal {
    /// Begins to read. The thread ends with the program, or when nobody listens any more.
    pub(super) fn listen() -> io::Result<Self> {
        let (tx, events) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("input".into())
            .spawn(move || {
                while let Ok(event) = event::read() {
                    if tx.blocking_send(event).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self { events })
    }

    /// The next event; `None` where no more can come.
    pub(super) async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }
}

/// Whether the terminal is gone: its window was closed, or the line to it was cut.
pub(super) fn is_gone() -> bool {
    let out = io::stdout();
    let mut watched = [PollFd::new(&out, PollFlags::empty())];
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    poll(&mut watched, Some(&Timespec::default())).is_ok() && watched[0].revents().intersects(gone)
}
