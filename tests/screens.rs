//! The pictures of the README are frames of the program: this holds them against it, and writes
//! them anew with UPDATE_SCREENS=1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/screen.rs"]
mod screen;

use std::fmt::Write;

use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier},
};
use screen::{app, frame, press};

fn hex(colour: Color, or: &str) -> String {
    match colour {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Reset => or.into(),
        other => match other.to_string().as_str() {
            "Red" | "LightRed" => "#f14c4c".into(),
            "Green" | "LightGreen" => "#23d18b".into(),
            "Yellow" | "LightYellow" => "#e5e510".into(),
            "Blue" | "LightBlue" => "#3b8eea".into(),
            "Cyan" | "LightCyan" => "#29b8db".into(),
            "Gray" | "White" => "#e5e5e5".into(),
            "DarkGray" => "#808080".into(),
            "Black" => "#000000".into(),
            _ => or.into(),
        },
    }
}

fn svg(buffer: &Buffer) -> String {
    let (wide, high) = (8.4, 18.0);
    let area = buffer.area;
    let mut out = String::new();
    let (width, height) = (
        f64::from(area.width) * wide + 16.0,
        f64::from(area.height) * high + 16.0,
    );
    writeln!(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"DejaVu Sans Mono, monospace\" font-size=\"14\">").unwrap();
    writeln!(
        out,
        "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#15171c\"/>"
    )
    .unwrap();
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let first = &buffer[(x, y)];
            let mut run = String::new();
            let start = x;
            while x < area.width && buffer[(x, y)].style() == first.style() {
                run.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            let (px, py) = (f64::from(start) * wide + 8.0, f64::from(y) * high + 8.0);
            let turned = first.modifier.contains(Modifier::REVERSED);
            let (fg, bg) = if turned {
                (hex(first.bg, "#15171c"), hex(first.fg, "#d7dae0"))
            } else {
                (hex(first.fg, "#d7dae0"), hex(first.bg, ""))
            };
            if !bg.is_empty() {
                writeln!(out, "<rect x=\"{px:.1}\" y=\"{py:.1}\" width=\"{:.1}\" height=\"{high}\" fill=\"{bg}\"/>", f64::from(x - start) * wide).unwrap();
            }
            if run.trim().is_empty() {
                continue;
            }
            let weight = if first.modifier.contains(Modifier::BOLD) {
                " font-weight=\"bold\""
            } else {
                ""
            };
            let faint = if first.modifier.contains(Modifier::DIM) {
                " opacity=\"0.6\""
            } else {
                ""
            };
            let text = run
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            writeln!(out, "<text x=\"{px:.1}\" y=\"{:.1}\" fill=\"{fg}\"{weight}{faint} textLength=\"{:.1}\" xml:space=\"preserve\">{text}</text>", py + 14.0, f64::from(x - start) * wide).unwrap();
        }
    }
    out.push_str("</svg>\n");
    out
}

#[test]
fn the_pictures_are_the_programs_own_frames() {
    for (name, keys) in [("overview", ""), ("incident", "<enter>"), ("storage", "3")] {
        let mut app = app(true);
        press(&mut app, keys);
        let drawn = svg(&frame(&mut app, 120, 40));
        let file = format!("{}/assets/screens/{name}.svg", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_SCREENS").is_some() {
            std::fs::write(&file, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap();
        assert!(
            kept == drawn,
            "{file} is no longer what the program draws: run UPDATE_SCREENS=1 cargo test --test screens"
        );
    }
}
