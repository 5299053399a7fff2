//! The colours of the icon.

use gauge::level::Level;
use tiny_skia::Color;

use super::{Face, Style};

/// The colours of one icon.
#[derive(Clone, Copy)]
pub(super) struct Palette {
    /// Outline and liquid.
    pub(super) bright: Color,
    /// The inside where there is no liquid.
    pub(super) glass: Color,
    /// Signs on the glass.
    pub(super) light: Color,
    /// Signs on the liquid.
    pub(super) ink: Color,
    /// The rim that sets the icon apart from a light panel.
    pub(super) rim: Color,
}

impl Palette {
    /// The colours of a face.
    pub(super) fn of(face: &Face) -> Self {
        let rgb = |hex: u32| {
            let [_, r, g, b] = hex.to_be_bytes();
            Color::from_rgba8(r, g, b, 255)
        };
        let colours = |bright, glass, light, ink| Self {
            bright: rgb(bright),
            glass: rgb(glass),
            light: rgb(light),
            ink: rgb(ink),
            rim: Color::from_rgba8(0, 0, 0, 110),
        };
        let grey = colours(0xb4_bac4, 0x3d_434d, 0xb4_bac4, 0x22_262c);
        match face.style {
            Style::Monochrome => Self {
                rim: Color::from_rgba8(0, 0, 0, 200),
                ..colours(0xf4_f4f4, 0x3a_3a3a, 0xf4_f4f4, 0x20_2020)
            },
            Style::Template => Self {
                bright: Color::BLACK,
                glass: Color::TRANSPARENT,
                light: Color::BLACK,
                ink: Color::TRANSPARENT,
                rim: Color::TRANSPARENT,
            },
            Style::Colour if face.stale || face.paused => grey,
            Style::Colour => match face.level {
                Level::Ok | Level::Unlimited => colours(0x3f_cb63, 0x14_4a26, 0x3f_cb63, 0x07_2b13),
                Level::Low => colours(0xff_b224, 0x5c_3a04, 0xff_b224, 0x38_2200),
                Level::Critical | Level::Empty => colours(0xff_5148, 0x66_1512, 0xff_ffff, 0xff_ffff),
                Level::Unknown => grey,
            },
        }
    }
}
