//! A bar that carries two values and a mark, readable without colour.

use ratatui::text::Span;

use crate::tui::theme::Theme;

/// `▒` is requested, `▓` what of it is used, `▚` used beyond it, `░` free, `|` the threshold. Where
/// only one value is known, it is `▓`.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)] // cells of a screen
pub(in crate::tui) fn bar(
    theme: &Theme,
    cells: u16,
    requested: Option<f64>,
    used: Option<f64>,
    threshold: f64,
) -> Vec<Span<'static>> {
    let at = |share: f64| ((share.clamp(0.0, 1.0) * f64::from(cells)).round() as u16).min(cells);
    let only = used.or(requested);
    let (requested, used) = (requested.or(used).map_or(0, at), only.map_or(0, at));
    let mark = at(threshold).min(cells.saturating_sub(1));
    let mut spans = Vec::new();
    for cell in 0..cells {
        let (symbol, style) = if cell == mark && cell >= requested {
            ("|", theme.dim())
        } else if cell < used.min(requested) {
            ("▓", theme.bar())
        } else if cell < requested {
            ("▒", theme.bar_used())
        } else if cell < used {
            ("▚", theme.warning())
        } else {
            ("░", theme.border(false))
        };
        spans.push(Span::styled(symbol, style));
    }
    spans
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn text(requested: impl Into<Option<f64>>, used: impl Into<Option<f64>>) -> String {
        let theme = Theme::named("dark", Path::new("/nowhere"), crate::tui::Ground::Dark).unwrap();
        bar(&theme, 10, requested.into(), used.into(), 0.8)
            .iter()
            .map(|span| span.content.to_string())
            .collect()
    }

    #[test]
    fn one_value_alone_is_drawn_full() {
        assert_eq!(text(0.6, None), "▓▓▓▓▓▓░░|░");
        assert_eq!(text(None, 0.6), "▓▓▓▓▓▓░░|░");
        assert_eq!(text(None, None), "░░░░░░░░|░");
    }

    #[test]
    fn shows_used_within_requested_and_the_threshold() {
        assert_eq!(text(0.6, 0.3), "▓▓▓▒▒▒░░|░");
        assert_eq!(text(1.0, 1.0), "▓▓▓▓▓▓▓▓▓▓");
        assert_eq!(text(0.2, 0.4), "▓▓▚▚░░░░|░");
    }
}
