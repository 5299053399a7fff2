//! The tray icon: a small glass whose shape and colour say how bad things are and whose liquid says how much is left.
//!
//! A bright outline and a dark glass are seen on light and on dark panels alike, and a shape of its own for every
//! level tells them apart without colours. Straight edges and the surface of the liquid lie on whole pixels.

mod glass;
mod palette;
mod sign;

use gauge::level::Level;
use tiny_skia::Pixmap;

use glass::Glass;

/// What the icon is to say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Face {
    /// How things stand: the shape and the colour.
    pub(crate) level: Level,
    /// The share that is left, from 0 to 1, where it is known.
    pub(crate) fill: Option<f32>,
    /// Whether all that is known is old; the colour is then grey.
    pub(crate) stale: bool,
    /// Whether polling is paused.
    pub(crate) paused: bool,
    /// Whether no provider can be reached.
    pub(crate) offline: bool,
    /// The colours to draw it in.
    pub(crate) style: Style,
}

/// The colours of an icon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// The level's own.
    #[default]
    Colour,
    /// White in a dark rim, for panels whose icons are all of one colour.
    Monochrome,
    /// Black on nothing, which macOS recolours to suit its menu bar.
    Template,
}

/// A square picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Its width and height in pixels.
    pub(crate) size: u32,
    /// Red, green, blue and alpha of every pixel, a byte each, row by row; the colours are not multiplied by alpha.
    pub(crate) rgba: Vec<u8>,
}

impl Picture {
    /// Alpha, red, green and blue of every pixel, as the StatusNotifierItem specification wants them.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub(crate) fn argb(&self) -> Vec<u8> {
        self.rgba.chunks_exact(4).flat_map(|pixel| [pixel[3], pixel[0], pixel[1], pixel[2]]).collect()
    }
}

/// Draws the icon, `size` pixels wide and high. Meant for 16 to 64 pixels, and works for any size up to 1024.
#[must_use]
pub(crate) fn draw(face: &Face, size: u32) -> Picture {
    let size = size.clamp(8, 1024);
    let rgba = Glass::new(face, size)
        .and_then(|glass| glass.paint(face))
        .map_or_else(Vec::new, Pixmap::take_demultiplied);
    Picture { size, rgba }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [u32; 6] = [16, 22, 24, 32, 48, 64];
    const DARK: f32 = 0.12;
    const LIGHT: f32 = 0.95;

    fn face(level: Level, fill: Option<f32>) -> Face {
        Face { level, fill, stale: false, paused: false, offline: false, style: Style::Colour }
    }

    fn faces() -> Vec<Face> {
        vec![
            face(Level::Unlimited, None),
            face(Level::Ok, Some(0.7)),
            face(Level::Unknown, None),
            face(Level::Low, Some(0.2)),
            face(Level::Critical, Some(0.08)),
            face(Level::Empty, Some(0.0)),
        ]
    }

    /// How light each pixel is on a grey of this lightness, from 0 to 1.
    fn greys(face: &Face, size: u32, panel: f32) -> Vec<f32> {
        let picture = draw(face, size);
        assert_eq!(picture.rgba.len(), (size * size * 4) as usize, "{face:?} at {size}");
        let light = |pixel: &[u8]| {
            let [r, g, b, a] =
                [pixel[0], pixel[1], pixel[2], pixel[3]].map(|channel| f32::from(channel) / 255.0);
            (0.2126 * r + 0.7152 * g + 0.0722 * b) * a + panel * (1.0 - a)
        };
        picture.rgba.chunks_exact(4).map(light).collect()
    }

    /// How many of a hundred pixels are set.
    fn percent(pixels: impl Iterator<Item = bool>) -> usize {
        let pixels: Vec<bool> = pixels.collect();
        pixels.iter().filter(|set| **set).count() * 100 / pixels.len()
    }

    #[test]
    fn levels_are_told_apart_without_colour() {
        for style in [Style::Colour, Style::Monochrome, Style::Template] {
            for stale in [false, true] {
                let faces: Vec<_> = faces().into_iter().map(|face| Face { stale, style, ..face }).collect();
                for (index, one) in faces.iter().enumerate() {
                    for other in &faces[index + 1..] {
                        let (a, b) = (greys(one, 22, 0.5), greys(other, 22, 0.5));
                        let differ = percent(a.iter().zip(&b).map(|(a, b)| (a - b).abs() > 0.2));
                        assert!(differ > 6, "{one:?} and {other:?} differ in {differ} %");
                    }
                }
            }
        }
    }

    #[test]
    fn stands_out_from_dark_and_light_panels() {
        for face in faces() {
            for size in SIZES {
                for panel in [DARK, LIGHT] {
                    let seen =
                        percent(greys(&face, size, panel).iter().map(|grey| (grey - panel).abs() > 0.25));
                    assert!(seen > 20, "{face:?} at {size} on {panel}: {seen} %");
                }
            }
        }
    }

    #[test]
    fn the_liquid_rises_with_what_is_left_and_is_full_and_empty_only_at_the_ends() {
        for level in [Level::Ok, Level::Low, Level::Critical] {
            for size in SIZES {
                let bright = |share: f32| greys(&face(level, Some(share)), size, 0.5).iter().sum::<f32>();
                let steps: Vec<f32> = [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0].map(bright).to_vec();
                assert!(steps.is_sorted(), "{level:?} at {size}: {steps:?}");
                assert!(steps[0] < steps[1] && steps[5] < steps[6], "{level:?} at {size}: {steps:?}");
            }
        }
    }

    #[test]
    fn stale_data_is_grey() {
        let picture = draw(&Face { stale: true, ..face(Level::Critical, Some(0.1)) }, 22);
        for pixel in picture.rgba.chunks_exact(4).filter(|pixel| pixel[3] > 0) {
            assert!(pixel[0].abs_diff(pixel[2]) < 40, "{pixel:?}");
        }
    }

    #[test]
    fn pausing_and_losing_the_network_are_seen() {
        let calm = face(Level::Ok, Some(0.7));
        for other in [Face { paused: true, ..calm }, Face { offline: true, ..calm }] {
            let (a, b) = (greys(&calm, 22, 0.5), greys(&other, 22, 0.5));
            assert!(percent(a.iter().zip(&b).map(|(a, b)| (a - b).abs() > 0.2)) > 6, "{other:?}");
        }
    }
}
