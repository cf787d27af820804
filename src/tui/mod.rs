//! The screen: a pure view over the state, an update function, and effects.

mod app;
mod app_detail;
mod choose;
mod detail;
mod footer;
mod guest_detail;
mod guide;
mod header;
mod help;
mod keys;
mod logs;
mod logview;
mod modal;
mod modal_view;
mod msg;
mod panes;
mod rows;
mod run;
mod surveys;
mod text;
mod theme;
mod tray;
mod typed;
mod unsettled;
mod update;
mod view;
mod views;
mod widgets;

pub use app::{App, Opening};
pub use keys::{KeyError, Keymap};
pub use msg::{Effect, Msg};
pub use run::{RunOptions, TerminalError, run};
pub use text::clean;
pub use theme::{Theme, ThemeError, terminal_is_light};
pub use update::update;
pub use view::view;
