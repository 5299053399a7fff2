//! The signs inside the icon.

use tiny_skia::{Path, PathBuilder, Rect};

/// A sign on the glass or on the liquid.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sign {
    /// Enough left, nobody knows how much of what.
    Tick,
    /// Too little left, nobody knows how much of what. In a triangle it sits lower.
    Exclamation {
        /// Whether the outline is a triangle.
        in_triangle: bool,
    },
    /// Nothing limits it.
    Infinity,
    /// Nothing left: a bar across, as on a road that may not be entered.
    Bar,
    /// Nobody knows.
    Question,
    /// Polling is paused.
    Pause,
}

impl Sign {
    /// Whether the sign is drawn as a line, or filled.
    pub(super) fn is_line(self) -> bool {
        matches!(self, Self::Tick | Self::Infinity | Self::Question)
    }

    /// The sign in the middle of an icon this wide, within an outline this thick.
    pub(super) fn path(self, side: f32, outline: f32) -> Option<Path> {
        let mut pen = Pen { path: PathBuilder::new(), middle: side / 2.0, unit: side / 16.0 };
        match self {
            Self::Tick => {
                pen.start(-3.2, 0.2);
                pen.line(-0.9, 2.5);
                pen.line(3.3, -2.2);
            }
            Self::Infinity => {
                pen.start(0.0, 0.0);
                pen.curve((2.1, -3.2), (4.6, -2.6), (4.6, 0.0));
                pen.curve((4.6, 2.6), (2.1, 3.2), (0.0, 0.0));
                pen.curve((-2.1, -3.2), (-4.6, -2.6), (-4.6, 0.0));
                pen.curve((-4.6, 2.6), (-2.1, 3.2), (0.0, 0.0));
                pen.path.close();
            }
            Self::Question => {
                pen.start(-2.1, -1.9);
                pen.curve((-2.1, -4.7), (2.1, -4.7), (2.1, -1.9));
                pen.curve((2.1, -0.4), (0.0, -0.4), (0.0, 1.2));
                pen.start(0.0, 3.6);
                pen.line(0.0, 3.7);
            }
            Self::Exclamation { in_triangle } => {
                let width = centred(side, side / 8.5);
                let left = (side - width) / 2.0;
                let (top, bottom) = if in_triangle { (0.38, 0.66) } else { (0.25, 0.58) };
                let (top, bottom) = ((side * top).round(), (side * bottom).round());
                let dot = bottom + (side / 16.0).round().max(1.0);
                pen.path.push_rect(Rect::from_ltrb(left, top, left + width, bottom)?);
                pen.path.push_rect(Rect::from_ltrb(left, dot, left + width, dot + width)?);
            }
            Self::Bar => {
                let height = centred(side, side / 6.0);
                let inset = outline + (side / 12.0).round().max(1.0);
                let top = (side - height) / 2.0;
                pen.path.push_rect(Rect::from_ltrb(inset, top, side - inset, top + height)?);
            }
            Self::Pause => {
                let width = (side / 9.0).round().max(2.0);
                let gap = centred(side, width);
                let left = (side - gap) / 2.0 - width;
                let top = (side * 0.3).round();
                for x in [left, left + width + gap] {
                    pen.path.push_rect(Rect::from_ltrb(x, top, x + width, side - top)?);
                }
            }
        }
        pen.path.finish()
    }
}

/// Draws from the middle of the icon, in sixteenths of its width.
struct Pen {
    path: PathBuilder,
    middle: f32,
    unit: f32,
}

impl Pen {
    fn at(&self, of: f32) -> f32 {
        self.middle + of * self.unit
    }

    fn start(&mut self, x: f32, y: f32) {
        self.path.move_to(self.at(x), self.at(y));
    }

    fn line(&mut self, x: f32, y: f32) {
        self.path.line_to(self.at(x), self.at(y));
    }

    fn curve(&mut self, from: (f32, f32), to: (f32, f32), end: (f32, f32)) {
        let [a, b, c] = [from, to, end].map(|(x, y)| (self.at(x), self.at(y)));
        self.path.cubic_to(a.0, a.1, b.0, b.1, c.0, c.1);
    }
}

/// About this many whole pixels, at least two, so that what is that wide has as many to its left as to its right.
fn centred(side: f32, width: f32) -> f32 {
    let odd = side % 2.0;
    (((width - odd) / 2.0).round() * 2.0 + odd).max(2.0 + odd)
}
