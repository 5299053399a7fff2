//! The drawing of the icon.

use std::f32::consts::TAU;

use gauge::level::Level;
use tiny_skia::{
    BlendMode, Color, FillRule, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, Rect, Stroke,
    StrokeDash, Transform,
};

use super::Face;
use super::palette::Palette;
use super::sign::Sign;

/// The outlines, a shape for each way things may stand.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Circle,
    Dashed,
    Triangle,
    Octagon,
}

/// What the outline holds.
#[derive(Clone, Copy)]
enum Inside {
    /// Liquid, up to this share.
    Liquid(f32),
    /// Liquid to the brim, and a sign on it.
    Full(Sign),
    /// No liquid, but a sign.
    Dry(Sign),
}

impl Shape {
    /// The outline and what is in it, for a face.
    fn of(face: &Face) -> (Self, Inside) {
        let liquid_or = |sign| face.fill.map_or(Inside::Full(sign), Inside::Liquid);
        match face.level {
            _ if face.paused => (Self::Circle, Inside::Dry(Sign::Pause)),
            Level::Unlimited => (Self::Circle, Inside::Full(Sign::Infinity)),
            Level::Ok => (Self::Circle, liquid_or(Sign::Tick)),
            Level::Unknown => (Self::Dashed, Inside::Dry(Sign::Question)),
            Level::Low => (Self::Triangle, liquid_or(Sign::Exclamation { in_triangle: true })),
            Level::Critical => (Self::Octagon, liquid_or(Sign::Exclamation { in_triangle: false })),
            Level::Empty => (Self::Octagon, Inside::Dry(Sign::Bar)),
        }
    }
}

/// An icon being drawn.
pub(super) struct Glass {
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
    /// An empty canvas; none where there is no memory for it.
    pub(super) fn new(face: &Face, pixels: u32) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "an icon is at most 1024 pixels wide")]
        let side = pixels as f32;
        Some(Self {
            canvas: Pixmap::new(pixels, pixels)?,
            palette: Palette::of(face),
            side,
            rim: (side / 24.0).round().max(1.0),
            line: (side / 11.0).round().max(2.0),
            gap: if side < 40.0 { 0.0 } else { (side / 28.0).round() },
        })
    }

    /// Draws the face.
    pub(super) fn paint(mut self, face: &Face) -> Option<Pixmap> {
        let (shape, inside) = Shape::of(face);
        let outline = self.outline(shape)?;
        let Palette { bright, glass, light, ink, rim } = self.palette;
        self.stroke(&outline, rim, self.line + 2.0 * self.rim, None);
        self.fill(&outline, glass, None);
        match inside {
            Inside::Liquid(left) => {
                let below = self.below_surface(shape, left)?;
                self.fill(&outline, bright, Some(&below));
                if self.gap > 0.0 {
                    let within = self.mask(&outline)?;
                    self.stroke(&outline, glass, self.line + 2.0 * self.gap, Some(&within));
                }
            }
            Inside::Full(_) => self.fill(&outline, bright, None),
            Inside::Dry(_) => {}
        }
        if shape == Shape::Dashed {
            self.dashes(&outline);
        } else {
            self.stroke(&outline, bright, self.line, None);
        }
        match inside {
            Inside::Liquid(_) => {}
            Inside::Full(sign) => self.sign(sign, ink)?,
            Inside::Dry(sign) => self.sign(sign, light)?,
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
    fn below_surface(&self, shape: Shape, fill: f32) -> Option<Mask> {
        let line = self.line + 2.0 * self.gap;
        let bottom = self.side - self.rim - self.line - self.gap;
        let top = match shape {
            // The line is thicker where the sides meet at the apex: half its width over the sine of half the angle.
            Shape::Triangle => (self.rim + self.line / 2.0 + line / 2.0 * 5.0_f32.sqrt()).round(),
            _ => self.rim + self.line + self.gap,
        };
        let inside = bottom - top;
        let left = fill.clamp(0.0, 1.0);
        let mut depth = (left * inside).round();
        if left > 0.0 && left < 1.0 {
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
    fn dashes(&mut self, circle: &Path) {
        let length = TAU * (self.side / 2.0 - self.rim - self.line / 2.0) / 8.0;
        let dash = StrokeDash::new(vec![length * 0.62, length * 0.38], length * 0.31);
        let stroke = Stroke { width: self.line, dash, ..Stroke::default() };
        let paint = paint(self.palette.bright);
        self.canvas.stroke_path(circle, &paint, &stroke, Transform::identity(), None);
    }

    fn sign(&mut self, sign: Sign, colour: Color) -> Option<()> {
        let path = sign.path(self.side, self.rim + self.line)?;
        if sign.is_line() {
            self.stroke(&path, colour, (self.side / 9.0).max(1.6), None);
        } else {
            self.fill(&path, colour, None);
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

    fn fill(&mut self, path: &Path, colour: Color, within: Option<&Mask>) {
        self.canvas.fill_path(path, &paint(colour), FillRule::Winding, Transform::identity(), within);
    }

    fn stroke(&mut self, path: &Path, colour: Color, width: f32, within: Option<&Mask>) {
        let round =
            Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        self.canvas.stroke_path(path, &paint(colour), &round, Transform::identity(), within);
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
