//! Draws the app's icon in every size and format that packages need, into `icons/`:
//! `cargo run -p credit-gauge-tray --example app_icon`.
//!
//! It is the tray's icon for “enough left” on a dark tile.

#[path = "../src/tray/icon/mod.rs"]
#[expect(dead_code, reason = "the tray uses the rest")]
mod icon;

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;

use gauge::level::Level;
use ico::{IconDir, IconDirEntry, IconImage, ResourceType};
use icon::{Face, Style};
use tiny_skia::{
    Color, ColorU8, FillRule, GradientStop, LinearGradient, Paint, PathBuilder, Pixmap, PixmapPaint, Point,
    SpreadMode, Transform,
};

/// The gauge's share of the tile's width.
const GAUGE: f32 = 0.7;
/// The tile's distance from the edge, and the radius of its corners, as shares of the width.
const MARGIN: f32 = 0.05;
const CORNER: f32 = 0.2;
/// The tile's colours, from top to bottom.
const TOP: (u8, u8, u8) = (0x36, 0x43, 0x52);
const BOTTOM: (u8, u8, u8) = (0x17, 0x1d, 0x25);

/// The pictures of an ICNS file by the names that Apple gave their sizes.
const ICNS: [([u8; 4], u32); 8] = [
    (*b"ic11", 32),
    (*b"ic12", 64),
    (*b"ic07", 128),
    (*b"ic13", 256),
    (*b"ic08", 256),
    (*b"ic14", 512),
    (*b"ic09", 512),
    (*b"ic10", 1024),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../icons");
    fs::create_dir_all(&folder)?;
    for (name, size) in [("32x32", 32), ("64x64", 64), ("128x128", 128), ("128x128@2x", 256), ("icon", 512)] {
        fs::write(folder.join(format!("{name}.png")), draw(size)?.encode_png()?)?;
    }

    let mut windows = IconDir::new(ResourceType::Icon);
    for size in [16, 24, 32, 48, 64, 256] {
        let image = IconImage::from_rgba_data(size, size, draw(size)?.take_demultiplied());
        windows.add_entry(IconDirEntry::encode(&image)?);
    }
    windows.write(File::create(folder.join("icon.ico"))?)?;

    let mut pictures = Vec::new();
    for (name, size) in ICNS {
        pictures.extend(chunk(name, &draw(size)?.encode_png()?)?);
    }
    fs::write(folder.join("icon.icns"), chunk(*b"icns", &pictures)?)?;
    Ok(())
}

fn draw(pixels: u32) -> Result<Pixmap, Box<dyn Error>> {
    let mut canvas = Pixmap::new(pixels, pixels).ok_or("no such size")?;
    let side = f32::from(u16::try_from(pixels)?);
    let (near, far, corner) = (side * MARGIN, side * (1.0 - MARGIN), side * CORNER);
    let mut tile = PathBuilder::new();
    tile.move_to(near + corner, near);
    tile.line_to(far - corner, near);
    tile.quad_to(far, near, far, near + corner);
    tile.line_to(far, far - corner);
    tile.quad_to(far, far, far - corner, far);
    tile.line_to(near + corner, far);
    tile.quad_to(near, far, near, far - corner);
    tile.line_to(near, near + corner);
    tile.quad_to(near, near, near + corner, near);
    tile.close();
    let colour = |(r, g, b)| Color::from_rgba8(r, g, b, 255);
    let stops = vec![GradientStop::new(0.0, colour(TOP)), GradientStop::new(1.0, colour(BOTTOM))];
    let (from, to) = (Point::from_xy(0.0, near), Point::from_xy(0.0, far));
    let shader =
        LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity()).ok_or("no gradient")?;
    let paint = Paint { shader, anti_alias: true, ..Paint::default() };
    canvas.fill_path(
        &tile.finish().ok_or("no tile")?,
        &paint,
        FillRule::Winding,
        Transform::identity(),
        None,
    );

    // As many pixels to the left as to the right.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the size")]
    let inset = (side * (1.0 - GAUGE) / 2.0).round() as u32;
    let face = Face {
        level: Level::Ok,
        fill: Some(0.62),
        stale: false,
        paused: false,
        offline: false,
        style: Style::Colour,
    };
    let picture = icon::draw(&face, pixels - 2 * inset);
    let mut gauge = Pixmap::new(picture.size, picture.size).ok_or("no such size")?;
    for (pixel, rgba) in gauge.pixels_mut().iter_mut().zip(picture.rgba.chunks_exact(4)) {
        *pixel = ColorU8::from_rgba(rgba[0], rgba[1], rgba[2], rgba[3]).premultiply();
    }
    let at = i32::try_from(inset)?;
    canvas.draw_pixmap(at, at, gauge.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    Ok(canvas)
}

/// A part of an ICNS file: its name, its length and what it holds.
fn chunk(name: [u8; 4], content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let length = u32::try_from(content.len() + 8)?;
    Ok([name.as_slice(), &length.to_be_bytes(), content].concat())
}
