//! Colours by role.

use std::path::Path;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::insight::capacity::Level;

/// Colours of all roles.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs)] // each field is the role of its name
pub struct Theme {
    pub name: String,
    #[serde(deserialize_with = "color")]
    pub text: Color,
    #[serde(deserialize_with = "color")]
    pub dim: Color,
    #[serde(deserialize_with = "color")]
    pub accent: Color,
    #[serde(deserialize_with = "color")]
    pub broken: Color,
    #[serde(deserialize_with = "color")]
    pub warning: Color,
    #[serde(deserialize_with = "color")]
    pub good: Color,
    #[serde(deserialize_with = "color")]
    pub border: Color,
    #[serde(deserialize_with = "color")]
    pub focus: Color,
    #[serde(deserialize_with = "color")]
    pub selection: Color,
    #[serde(deserialize_with = "color")]
    pub bar: Color,
    #[serde(deserialize_with = "color")]
    pub bar_used: Color,
    #[serde(deserialize_with = "color")]
    pub added: Color,
    #[serde(deserialize_with = "color")]
    pub removed: Color,
    #[serde(deserialize_with = "color")]
    pub armed: Color,
    /// No colours at all, only bold, dim and reverse.
    #[serde(skip)]
    pub plain: bool,
}

fn color<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Color, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_| serde::de::Error::custom(format!("`{text}` is no colour: expected #rrggbb, a name such as light-red, or a number up to 255")))
}

const BUNDLED: [(&str, &str); 5] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("either", include_str!("../../themes/either.toml")),
    (
        "high-contrast",
        include_str!("../../themes/high-contrast.toml"),
    ),
    (
        "colour-blind",
        include_str!("../../themes/colour-blind.toml"),
    ),
];

/// Why there is no such theme.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// Unknown name.
    #[error(
        "no theme `{0}`: expected auto, dark, light, either, high-contrast, colour-blind, or a file NAME.toml in {1}"
    )]
    Unknown(String, String),
    /// File wrong.
    #[error("{0}: {1}")]
    File(String, String),
}

impl Theme {
    /// The theme of this name, from the program or from the user's folder; `auto` is one for the
    /// background.
    ///
    /// # Errors
    /// When there is none, or its file is wrong.
    pub fn named(name: &str, folder: &Path, ground: Ground) -> Result<Self, ThemeError> {
        let name = match (name, ground) {
            ("auto", Ground::Light) => "light",
            ("auto", Ground::Dark) => "dark",
            ("auto", Ground::Unknown) => "either",
            (other, _) => other,
        };
        let fail = |why: &dyn std::fmt::Display| {
            ThemeError::File(
                format!("{name}.toml"),
                why.to_string().trim_end().to_owned(),
            )
        };
        let own = folder.join(format!("{name}.toml"));
        if !name.contains(['/', '.']) && own.exists() {
            let text = std::fs::read_to_string(&own).map_err(|why| fail(&why))?;
            return toml::from_str(&text).map_err(|why| fail(&why));
        }
        let (_, text) = BUNDLED
            .iter()
            .find(|(bundled, _)| *bundled == name)
            .ok_or_else(|| ThemeError::Unknown(name.into(), folder.display().to_string()))?;
        toml::from_str(text).map_err(|why| fail(&why))
    }

    /// The same without colours, for `NO_COLOR`.
    #[must_use]
    pub fn without_colours(mut self) -> Self {
        self.plain = true;
        self
    }

    fn fg(&self, color: Color) -> Style {
        if self.plain {
            Style::default()
        } else {
            Style::default().fg(color)
        }
    }

    /// Plain text.
    #[must_use]
    pub fn text(&self) -> Style {
        self.fg(self.text)
    }

    /// What is healthy or beside the point.
    #[must_use]
    pub fn dim(&self) -> Style {
        if self.plain {
            Style::default().add_modifier(Modifier::DIM)
        } else {
            self.fg(self.dim)
        }
    }

    /// The one accent.
    #[must_use]
    pub fn accent(&self) -> Style {
        self.fg(self.accent).add_modifier(Modifier::BOLD)
    }

    /// What is broken.
    #[must_use]
    pub fn broken(&self) -> Style {
        self.fg(self.broken).add_modifier(Modifier::BOLD)
    }

    /// What needs a look.
    #[must_use]
    pub fn warning(&self) -> Style {
        self.fg(self.warning)
    }

    /// The phrase of a quote that tells; to be seen without colour too.
    #[must_use]
    pub fn telling(&self) -> Style {
        self.warning()
            .add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// A symbol that says "all is well".
    #[must_use]
    pub fn good(&self) -> Style {
        self.fg(self.good)
    }

    /// A border, with or without the focus.
    #[must_use]
    pub fn border(&self, focus: bool) -> Style {
        if focus {
            self.fg(self.focus).add_modifier(Modifier::BOLD)
        } else {
            self.fg(self.border)
        }
    }

    /// The selected row.
    #[must_use]
    pub fn selected(&self) -> Style {
        if self.plain {
            return Style::default().add_modifier(Modifier::REVERSED);
        }
        let style = Style::default()
            .bg(self.selection)
            .add_modifier(Modifier::BOLD);
        // nobody knows whether the terminal's own colour can be read on it
        if self.text == Color::Reset {
            style.fg(Color::White)
        } else {
            style
        }
    }

    /// Requested part of a bar.
    #[must_use]
    pub fn bar(&self) -> Style {
        self.fg(self.bar)
    }

    /// Used part of a bar.
    #[must_use]
    pub fn bar_used(&self) -> Style {
        self.fg(self.bar_used)
    }

    /// A line that was added.
    #[must_use]
    pub fn added(&self) -> Style {
        self.fg(self.added)
    }

    /// A line that was removed.
    #[must_use]
    pub fn removed(&self) -> Style {
        self.fg(self.removed)
    }

    /// What is armed.
    #[must_use]
    pub fn armed(&self) -> Style {
        if self.plain {
            Style::default().add_modifier(Modifier::REVERSED | Modifier::BOLD)
        } else {
            Style::default()
                .fg(Color::White)
                .bg(self.armed)
                .add_modifier(Modifier::BOLD)
        }
    }

    /// The style of a level.
    #[must_use]
    pub fn level(&self, level: Level) -> Style {
        match level {
            Level::Ok => self.dim(),
            Level::Warning => self.warning(),
            Level::Critical => self.broken(),
        }
    }

    /// The style of the name of something that is in trouble: its symbol has the colour.
    #[must_use]
    pub fn title(&self, level: Level) -> Style {
        match level {
            Level::Critical => self.text().add_modifier(Modifier::BOLD),
            _ => self.text(),
        }
    }

    /// The symbol of a level, with its style.
    #[must_use]
    pub fn symbol(&self, level: Level) -> (&'static str, Style) {
        match level {
            Level::Ok => ("●", self.good()),
            Level::Warning => ("▲", self.warning()),
            Level::Critical => ("✖", self.broken()),
        }
    }
}

/// The background of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It is light.
    Light,
    /// It is dark.
    Dark,
    /// It was not told.
    Unknown,
}

impl Ground {
    /// What the terminal says by `COLORFGBG` (`15;0` and the like).
    #[must_use]
    pub fn told(colorfgbg: Option<&str>) -> Self {
        let background = colorfgbg.and_then(|value| value.rsplit(';').next()?.parse::<u8>().ok());
        match background {
            Some(7 | 9..=15) => Self::Light,
            Some(_) => Self::Dark,
            None => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_themes_are_valid() {
        for (name, _) in BUNDLED {
            assert_eq!(
                Theme::named(name, Path::new("/nowhere"), Ground::Dark)
                    .unwrap()
                    .name,
                name
            );
        }
        for (ground, name) in [
            (Ground::Light, "light"),
            (Ground::Dark, "dark"),
            (Ground::Unknown, "either"),
        ] {
            let theme = Theme::named("auto", Path::new("/nowhere"), ground);
            assert_eq!(theme.unwrap().name, name);
        }
        assert!(Theme::named("neon", Path::new("/nowhere"), Ground::Dark).is_err());
    }

    /// Contrast of two colours as WCAG reckons it, from 1 to 21.
    fn contrast(one: Color, other: Color) -> f64 {
        let luminance = |colour| {
            let Color::Rgb(red, green, blue) = colour else {
                panic!("{colour} is no colour of its own");
            };
            let linear = |part: u8| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        };
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_role_can_be_read() {
        let black = [Color::Rgb(0, 0, 0), Color::Rgb(0x1e, 0x1e, 0x2e)];
        let white = [Color::Rgb(255, 255, 255), Color::Rgb(0xfa, 0xfa, 0xfa)];
        // the colours of `high-contrast` are the terminal's own
        for (name, grounds) in [("dark", black), ("colour-blind", black), ("light", white)] {
            let theme = Theme::named(name, Path::new("/nowhere"), Ground::Dark).unwrap();
            let words = [
                theme.text,
                theme.dim,
                theme.accent,
                theme.broken,
                theme.warning,
                theme.good,
                theme.added,
                theme.removed,
            ];
            for ground in grounds {
                for word in words {
                    let found = contrast(word, ground);
                    assert!(found >= 4.5, "{name}: {word} on {ground}: {found:.1}");
                }
                for drawn in [theme.bar, theme.bar_used] {
                    let found = contrast(drawn, ground);
                    assert!(found >= 3.0, "{name}: {drawn} on {ground}: {found:.1}");
                }
            }
            for word in words {
                let found = contrast(word, theme.selection);
                assert!(found >= 4.0, "{name}: {word} selected: {found:.1}");
            }
            let found = contrast(Color::Rgb(255, 255, 255), theme.armed);
            assert!(found >= 4.5, "{name}: armed: {found:.1}");
        }
    }

    #[test]
    fn what_is_for_either_background_can_be_read_on_both() {
        let theme = Theme::named("either", Path::new("/nowhere"), Ground::Unknown).unwrap();
        assert_eq!(theme.text, Color::Reset);
        for ground in [Color::Rgb(0x18, 0x18, 0x1c), Color::Rgb(0xfa, 0xfa, 0xfa)] {
            for word in [
                theme.dim,
                theme.accent,
                theme.broken,
                theme.warning,
                theme.good,
                theme.added,
                theme.removed,
            ] {
                let found = contrast(word, ground);
                assert!(found >= 3.8, "{word} on {ground}: {found:.1}");
            }
            for drawn in [theme.bar, theme.bar_used, theme.border] {
                let found = contrast(drawn, ground);
                assert!(found >= 2.8, "{drawn} on {ground}: {found:.1}");
            }
        }
        for ground in [theme.selection, theme.armed] {
            assert!(contrast(Color::Rgb(255, 255, 255), ground) >= 4.5);
        }
    }

    #[test]
    fn the_background_is_read_from_the_environment() {
        assert_eq!(Ground::told(Some("0;15")), Ground::Light);
        assert_eq!(Ground::told(Some("15;0")), Ground::Dark);
        assert_eq!(Ground::told(Some("12;8")), Ground::Dark);
        assert_eq!(Ground::told(None), Ground::Unknown);
    }
}
