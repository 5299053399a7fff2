//! The tray icon: a small glass whose shape and colour say how bad things are and whose liquid says how much is left.
//!
//! A bright outline and a dark glass are seen on light and on dark panels alike, and a shape of its own for every
//! level tells them apart without colours. Straight edges and the surface of the liquid lie on whole pixels.

use std::f32::consts::TAU;

use gauge::level::Level;
use tiny_skia::{
    BlendMode, Color, FillRule, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, Rect, Stroke,
    StrokeDash, Transform,
};

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

/// The outlines, a shape for each way things may stand.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Circle,
    Dashed,
    Triangle,
    Octagon,
}

/// The colours of one icon.
#[derive(Clone, Copy)]
struct Palette {
    /// Outline and liquid.
    bright: Color,
    /// The inside where there is no liquid.
    glass: Color,
    /// Signs on the glass.
    light: Color,
    /// Signs on the liquid.
    ink: Color,
    /// The rim that sets the icon apart from a light panel.
    rim: Color,
}

impl Palette {
    fn of(face: &Face) -> Self {
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

/// An icon being drawn.
struct Glass {
    canvas: Pixmap,
    palette: Palette,
    /// Width and height of the whole icon.
    side: f32,
    /// Width of the rim around the shape.
    rim: f32,
    /// Width of the outline.
    line: f32,
    /// How far the liquid stays off the outline, where there is room for that.
    gap: f32,
}

impl Glass {
    fn new(face: &Face, size: u32) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "an icon is at most 1024 pixels wide")]
        let side = size as f32;
        Some(Self {
            canvas: Pixmap::new(size, size)?,
            palette: Palette::of(face),
            side,
            rim: (side / 24.0).round().max(1.0),
            line: (side / 11.0).round().max(2.0),
            gap: if side < 40.0 { 0.0 } else { (side / 28.0).round() },
        })
    }

    fn paint(mut self, face: &Face) -> Option<Pixmap> {
        let shape = match face.level {
            _ if face.paused => Shape::Circle,
            Level::Ok | Level::Unlimited => Shape::Circle,
            Level::Unknown => Shape::Dashed,
            Level::Low => Shape::Triangle,
            Level::Critical | Level::Empty => Shape::Octagon,
        };
        let outline = self.outline(shape)?;
        let Palette { bright, glass, rim, .. } = self.palette;
        let (line, rim_width) = (self.line, self.rim);
        self.stroke(&outline, rim, line + 2.0 * rim_width, None);
        self.fill(&outline, glass, None);

        let solid = !face.paused
            && (face.level == Level::Unlimited || face.fill.is_none())
            && shape != Shape::Dashed
            && face.level != Level::Empty;
        if solid {
            self.fill(&outline, bright, None);
        } else if let (false, Some(share)) = (face.paused || face.level == Level::Empty, face.fill) {
            let below = self.below_surface(shape, share)?;
            self.fill(&outline, bright, Some(&below));
            let inside = self.mask(&outline)?;
            self.line(&outline, glass, line + 2.0 * self.gap, None, Some(&inside));
        }
        let dash = if shape == Shape::Dashed { self.dash() } else { None };
        self.stroke(&outline, bright, line, dash);

        match face.level {
            _ if face.paused => self.pause()?,
            Level::Empty => self.bar()?,
            Level::Unknown => self.question()?,
            Level::Unlimited => self.infinity()?,
            Level::Ok if solid => self.tick()?,
            Level::Low | Level::Critical if solid => self.exclamation(shape)?,
            Level::Ok | Level::Low | Level::Critical => {}
        }
        if face.offline {
            self.slash()?;
        }
        Some(self.canvas)
    }

    /// The middle of the outline's line.
    fn outline(&self, shape: Shape) -> Option<Path> {
        let inset = self.rim + self.line / 2.0;
        let (near, far, middle) = (inset, self.side - inset, self.side / 2.0);
        let mut path = PathBuilder::new();
        match shape {
            Shape::Circle | Shape::Dashed => path.push_circle(middle, middle, middle - inset),
            Shape::Triangle => {
                path.move_to(middle, near);
                path.line_to(far, far);
                path.line_to(near, far);
                path.close();
            }
            Shape::Octagon => {
                let cut = ((far - near) * 0.293).round();
                path.move_to(near + cut, near);
                path.line_to(far - cut, near);
                path.line_to(far, near + cut);
                path.line_to(far, far - cut);
                path.line_to(far - cut, far);
                path.line_to(near + cut, far);
                path.line_to(near, far - cut);
                path.line_to(near, near + cut);
                path.close();
            }
        }
        path.finish()
    }

    /// Everything under the surface of the liquid. A share that is neither nothing nor all shows a row of each.
    fn below_surface(&self, shape: Shape, share: f32) -> Option<Mask> {
        let line = self.line + 2.0 * self.gap;
        let bottom = self.side - self.rim - self.line - self.gap;
        let top = match shape {
            // The line is thicker where the sides meet at the apex: half its width over the sine of half the angle.
            Shape::Triangle => (self.rim + self.line / 2.0 + line / 2.0 * 5.0_f32.sqrt()).round(),
            _ => self.rim + self.line + self.gap,
        };
        let inside = bottom - top;
        let share = share.clamp(0.0, 1.0);
        let mut depth = (share * inside).round();
        if share > 0.0 && share < 1.0 {
            depth = depth.clamp(1.0, inside - 1.0);
        }
        self.mask(&PathBuilder::from_rect(Rect::from_ltrb(0.0, bottom - depth, self.side, self.side)?))
    }

    /// The inside of a path.
    fn mask(&self, path: &Path) -> Option<Mask> {
        let mut mask = Mask::new(self.canvas.width(), self.canvas.height())?;
        mask.fill_path(path, FillRule::Winding, true, Transform::identity());
        Some(mask)
    }

    /// Eight dashes around a circle.
    fn dash(&self) -> Option<StrokeDash> {
        let length = TAU * (self.side / 2.0 - self.rim - self.line / 2.0) / 8.0;
        StrokeDash::new(vec![length * 0.62, length * 0.38], length * 0.31)
    }

    /// About this many whole pixels, at least two, so that what is that wide has as many to its left as to its right.
    fn centred(&self, width: f32) -> f32 {
        let odd = self.side % 2.0;
        (((width - odd) / 2.0).round() * 2.0 + odd).max(2.0 + odd)
    }

    /// Nothing left: a bar across, as on a road that may not be entered.
    fn bar(&mut self) -> Option<()> {
        let height = self.centred(self.side / 8.0);
        let inset = self.rim + self.line + (self.side / 12.0).round().max(1.0);
        let top = (self.side - height) / 2.0;
        let bar = Rect::from_ltrb(inset, top, self.side - inset, top + height)?;
        self.fill(&PathBuilder::from_rect(bar), self.palette.light, None);
        Some(())
    }

    fn pause(&mut self) -> Option<()> {
        let width = (self.side / 9.0).round().max(2.0);
        let gap = self.centred(width);
        let left = (self.side - gap) / 2.0 - width;
        let (top, bottom) = ((self.side * 0.3).round(), self.side - (self.side * 0.3).round());
        for x in [left, left + width + gap] {
            self.fill(
                &PathBuilder::from_rect(Rect::from_ltrb(x, top, x + width, bottom)?),
                self.palette.light,
                None,
            );
        }
        Some(())
    }

    fn question(&mut self) -> Option<()> {
        let (middle, unit) = (self.side / 2.0, self.side / 16.0);
        let mut path = PathBuilder::new();
        path.move_to(middle - 2.1 * unit, middle - 1.9 * unit);
        path.cubic_to(
            middle - 2.1 * unit,
            middle - 4.7 * unit,
            middle + 2.1 * unit,
            middle - 4.7 * unit,
            middle + 2.1 * unit,
            middle - 1.9 * unit,
        );
        path.cubic_to(
            middle + 2.1 * unit,
            middle - 0.4 * unit,
            middle,
            middle - 0.4 * unit,
            middle,
            middle + 1.3 * unit,
        );
        self.sign(&path.finish()?, self.palette.light);
        let dot = PathBuilder::from_circle(middle, middle + 3.6 * unit, (self.side / 15.0).max(1.1))?;
        self.fill(&dot, self.palette.light, None);
        Some(())
    }

    fn infinity(&mut self) -> Option<()> {
        let (middle, unit) = (self.side / 2.0, self.side / 16.0);
        let mut path = PathBuilder::new();
        let (wide, high) = (4.6 * unit, 2.6 * unit);
        path.move_to(middle, middle);
        path.cubic_to(
            middle + wide * 0.45,
            middle - high * 1.25,
            middle + wide,
            middle - high,
            middle + wide,
            middle,
        );
        path.cubic_to(
            middle + wide,
            middle + high,
            middle + wide * 0.45,
            middle + high * 1.25,
            middle,
            middle,
        );
        path.cubic_to(
            middle - wide * 0.45,
            middle - high * 1.25,
            middle - wide,
            middle - high,
            middle - wide,
            middle,
        );
        path.cubic_to(
            middle - wide,
            middle + high,
            middle - wide * 0.45,
            middle + high * 1.25,
            middle,
            middle,
        );
        path.close();
        self.sign(&path.finish()?, self.palette.ink);
        Some(())
    }

    fn tick(&mut self) -> Option<()> {
        let (middle, unit) = (self.side / 2.0, self.side / 16.0);
        let mut path = PathBuilder::new();
        path.move_to(middle - 3.2 * unit, middle + 0.2 * unit);
        path.line_to(middle - 0.9 * unit, middle + 2.5 * unit);
        path.line_to(middle + 3.3 * unit, middle - 2.2 * unit);
        self.sign(&path.finish()?, self.palette.ink);
        Some(())
    }

    fn exclamation(&mut self, shape: Shape) -> Option<()> {
        let width = self.centred(self.side / 8.5);
        let left = (self.side - width) / 2.0;
        let (top, bottom) = if shape == Shape::Triangle { (0.38, 0.66) } else { (0.25, 0.58) };
        let (top, bottom) = ((self.side * top).round(), (self.side * bottom).round());
        let gap = (self.side / 16.0).round().max(1.0);
        for (from, to) in [(top, bottom), (bottom + gap, bottom + gap + width)] {
            self.fill(
                &PathBuilder::from_rect(Rect::from_ltrb(left, from, left + width, to)?),
                self.palette.ink,
                None,
            );
        }
        Some(())
    }

    /// No connection: struck through from corner to corner.
    fn slash(&mut self) -> Option<()> {
        let near = self.rim + self.line / 2.0;
        let far = self.side - near;
        let mut path = PathBuilder::new();
        path.move_to(near, far);
        path.line_to(far, near);
        let path = path.finish()?;
        self.stroke(&path, self.palette.glass, self.line + 2.0 * self.rim, None);
        self.stroke(&path, self.palette.bright, self.line, None);
        Some(())
    }

    /// A sign made of a line.
    fn sign(&mut self, path: &Path, colour: Color) {
        self.stroke(path, colour, (self.side / 9.0).max(1.6), None);
    }

    fn fill(&mut self, path: &Path, colour: Color, within: Option<&Mask>) {
        self.canvas.fill_path(path, &paint(colour), FillRule::Winding, Transform::identity(), within);
    }

    fn stroke(&mut self, path: &Path, colour: Color, width: f32, dash: Option<StrokeDash>) {
        self.line(path, colour, width, dash, None);
    }

    fn line(
        &mut self,
        path: &Path,
        colour: Color,
        width: f32,
        dash: Option<StrokeDash>,
        within: Option<&Mask>,
    ) {
        let line_cap = if dash.is_some() { LineCap::Butt } else { LineCap::Round };
        let stroke = Stroke { width, line_cap, line_join: LineJoin::Round, dash, ..Stroke::default() };
        self.canvas.stroke_path(path, &paint(colour), &stroke, Transform::identity(), within);
    }
}

/// Paint of one colour. A transparent one takes away what is there, which a template's signs are made of.
fn paint(colour: Color) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(colour);
    if colour == Color::TRANSPARENT {
        paint.set_color(Color::BLACK);
        paint.blend_mode = BlendMode::Clear;
    }
    paint
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

    fn share_of(pixels: impl Iterator<Item = bool>) -> f32 {
        let pixels: Vec<bool> = pixels.collect();
        pixels.iter().filter(|set| **set).count() as f32 / pixels.len() as f32
    }

    #[test]
    fn levels_are_told_apart_without_colour() {
        for style in [Style::Colour, Style::Monochrome, Style::Template] {
            for stale in [false, true] {
                let faces: Vec<_> = faces().into_iter().map(|face| Face { style, stale, ..face }).collect();
                for (index, one) in faces.iter().enumerate() {
                    for other in &faces[index + 1..] {
                        let (a, b) = (greys(one, 22, 0.5), greys(other, 22, 0.5));
                        let differ = share_of(a.iter().zip(&b).map(|(a, b)| (a - b).abs() > 0.2));
                        assert!(differ > 0.06, "{one:?} and {other:?} differ in {differ}");
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
                        share_of(greys(&face, size, panel).iter().map(|grey| (grey - panel).abs() > 0.25));
                    assert!(seen > 0.2, "{face:?} at {size} on {panel}: {seen}");
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
            assert!(share_of(a.iter().zip(&b).map(|(a, b)| (a - b).abs() > 0.2)) > 0.06, "{other:?}");
        }
    }
}
