//! The loop: input first, then updates, a frame when something changed.

use std::{
    io::{self, Write},
    time::Duration,
};

use base64::Engine;
use crossterm::{
    event::{
        self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
        Event, KeyEventKind, MouseEventKind,
    },
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Terminal, backend::CrosstermBackend};
use tokio::{sync::mpsc, time::Instant};

use super::{
    app::App,
    background::{Heard, Listener, QUESTION},
    input,
    msg::{Effect, Msg},
    theme::Theme,
    update, view,
};
use crate::domain::Time;

/// Frames come at most this often, whatever arrives; after a key at once.
const FRAME: Duration = Duration::from_millis(16);
/// After a frame that nobody asked for there is a rest of so many times what it took, so that drawing
/// takes a small share of a core however large the screen and however much arrives.
const REST: u32 = 60;
/// Sums over everything and what is in trouble are made anew after a rest of so many times what that
/// took, and not in the frame that a key waits for.
const SUMS_REST: u32 = 100;
/// The clock and ages move on this often.
const TICK: Duration = Duration::from_secs(1);
/// After so long without a key the next one is pressed on purpose: a paste and a key that is held
/// down leave no such gap.
const QUIET: Duration = Duration::from_millis(500);
/// Between two frames of keys while a question stands there: those of a paste or of a key that is
/// held down share one. Elsewhere each key has its own, for the next one is about what it shows.
const KEY_FRAME: Duration = Duration::from_millis(8);
/// So many messages are taken in before the next look at the keyboard.
const BURST: usize = 256;

/// Why the screen cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the terminal cannot be used: {0}")]
pub struct TerminalError(#[from] io::Error);

/// Puts the terminal back as it was, whatever happens.
struct Guard;

impl Guard {
    fn set_up(mouse: bool) -> io::Result<Self> {
        enable_raw_mode()?;
        let guard = Self;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        if mouse {
            execute!(io::stdout(), EnableMouseCapture)?;
        }
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Puts the terminal back; harmless when it is already.
fn restore() {
    let mut out = io::stdout();
    execute!(
        out,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        crossterm::cursor::Show
    )
    .ok();
    disable_raw_mode().ok();
    out.flush().ok();
}

/// A panic in any task first puts the terminal back, then says what happened and where the log is.
fn guard_panics(log_file: String) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        before(info);
        eprintln!("redbutton stopped on an error of its own. The log is in {log_file}");
    }));
}

/// Runs the screen until it is left. `time` gives the time to reckon with.
///
/// # Errors
/// When the terminal cannot be set up or drawn to.
pub async fn run(
    mut app: App,
    mut messages: mpsc::Receiver<Msg>,
    effects: mpsc::UnboundedSender<Effect>,
    options: RunOptions,
) -> Result<(), TerminalError> {
    guard_panics(options.log_file);
    let _guard = Guard::set_up(options.mouse)?;
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    let mut input = input::Terminal::listen()?;
    let mut listener = Listener::new(options.grounds.is_some());
    if options.grounds.is_some() {
        write!(io::stdout(), "{QUESTION}")?;
    }
    let mut signals = Signals::new()?;
    let mut tick = tokio::time::interval(TICK);
    let mut pace = Pace::new();
    let mut pressed = Instant::now();
    let (mut dirty, mut at_once) = (true, true);
    loop {
        if dirty && (at_once || Instant::now() >= pace.next) {
            pace.draw(&mut app, &mut terminal, at_once)?;
            (dirty, at_once) = (false, false);
        }
        let msg = tokio::select! {
            biased;
            () = signals.wait() => return Ok(()),
            event = input.next() => match event {
                Some(event) => {
                    pressed = Instant::now();
                    at_once = !app.waits_for_quiet() || pace.drawn.elapsed() >= KEY_FRAME;
                    of_event(event).and_then(|msg| heard(&mut app, &mut listener, options.grounds.as_ref(), msg))
                }
                None => return Ok(()),
            },
            // before the messages: a flood of them must not stop the clock
            _ = tick.tick() => {
                // not everyone who closes a terminal says so by a signal
                if input::is_gone() {
                    return Ok(());
                }
                Some(Msg::Tick((options.clock)()))
            }
            msg = messages.recv() => match msg {
                Some(msg) => {
                    dirty |= burst(&mut app, msg, &mut messages, &effects);
                    None
                }
                None => return Ok(()),
            },
            () = tokio::time::sleep_until(pace.next), if dirty => None,
            () = tokio::time::sleep_until(pressed + QUIET), if app.waits_for_quiet() => Some(Msg::Quiet),
        };
        let Some(msg) = msg else { continue };
        dirty = true;
        for effect in update(&mut app, msg) {
            match effect {
                Effect::Quit => return Ok(()),
                Effect::Copy(text) => copy(&text)?,
                other => effects.send(other).unwrap_or_default(),
            }
        }
    }
}

/// When there is to be drawn, and when to be summed up.
struct Pace {
    /// The next frame that no key asks for.
    next: Instant,
    /// The next time that sums are made anew.
    sums: Instant,
    /// When the last frame was through.
    drawn: Instant,
}

impl Pace {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            next: now,
            sums: now,
            drawn: now,
        }
    }

    fn draw(
        &mut self,
        app: &mut App,
        terminal: &mut Terminal<CrosstermBackend<io::Stdout>>,
        for_a_key: bool,
    ) -> io::Result<()> {
        let began = Instant::now();
        if app.is_blank() || (!for_a_key && began >= self.sums) {
            app.derive();
            self.sums = began + began.elapsed() * SUMS_REST;
        } else {
            app.refill();
        }
        terminal.draw(|frame| view(app, frame))?;
        self.drawn = Instant::now();
        self.next = began + FRAME.max((self.drawn - began) * REST);
        Ok(())
    }
}

/// What is left for the screen once the terminal's own answer is taken out.
fn heard(
    app: &mut App,
    listener: &mut Listener,
    grounds: Option<&Grounds>,
    msg: Msg,
) -> Option<Msg> {
    let Msg::Key(key) = msg else {
        return Some(msg);
    };
    match listener.hear(key) {
        Heard::Key(key) => Some(Msg::Key(key)),
        Heard::Part => None,
        Heard::Answer(light) => {
            if let (Some(light), Some(grounds)) = (light, grounds) {
                let theme = if light { &grounds.light } else { &grounds.dark };
                app.theme = theme.clone();
            }
            Some(Msg::Resize)
        }
    }
}

/// The themes for the two backgrounds of terminals.
pub struct Grounds {
    /// For a light one.
    pub light: Theme,
    /// For a dark one.
    pub dark: Theme,
}

/// How the loop runs.
pub struct RunOptions {
    /// Takes the mouse.
    pub mouse: bool,
    /// The themes to take once the terminal tells its background; `None` does not ask it.
    pub grounds: Option<Grounds>,
    /// Named when something goes wrong.
    pub log_file: String,
    /// The time to reckon with.
    pub clock: Box<dyn Fn() -> Time + Send>,
}

/// Takes in a message and what else has arrived after it, in order, so that a flood of updates costs
/// one frame, not one each. Says whether there is anything new to be seen.
fn burst(
    app: &mut App,
    first: Msg,
    messages: &mut mpsc::Receiver<Msg>,
    effects: &mpsc::UnboundedSender<Effect>,
) -> bool {
    let before = app.version();
    let mut shown = false;
    let mut next = Some(first);
    for left in (0..=BURST).rev() {
        let Some(msg) = next else { break };
        shown |= !matches!(msg, Msg::Update(_));
        for effect in update(app, msg) {
            effects.send(effect).unwrap_or_default();
        }
        // what is taken out of the channel is taken in, so the last round takes nothing out
        next = (left > 0).then(|| messages.try_recv().ok()).flatten();
    }
    shown || app.version() != before
}

fn of_event(event: Event) -> Option<Msg> {
    Some(match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Msg::Key(key),
        Event::Paste(text) => Msg::Paste(text),
        Event::Resize(..) => Msg::Resize,
        Event::Mouse(event::MouseEvent {
            kind: MouseEventKind::Down(event::MouseButton::Left),
            column,
            row,
            ..
        }) => Msg::Click(column, row),
        Event::Mouse(event::MouseEvent {
            kind: MouseEventKind::ScrollDown,
            ..
        }) => Msg::Scroll(3),
        Event::Mouse(event::MouseEvent {
            kind: MouseEventKind::ScrollUp,
            ..
        }) => Msg::Scroll(-3),
        _ => return None,
    })
}

/// Into the clipboard by OSC 52, which also works through ssh.
fn copy(text: &str) -> io::Result<()> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    let mut out = io::stdout();
    write!(out, "\x1b]52;c;{encoded}\x07")?;
    out.flush()
}

struct Signals {
    term: tokio::signal::unix::Signal,
    hup: tokio::signal::unix::Signal,
    int: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            hup: signal(SignalKind::hangup())?,
            int: signal(SignalKind::interrupt())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.hup.recv() => {}
            _ = self.int.recv() => {}
        }
    }
}
