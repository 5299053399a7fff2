//! Tables of aligned columns.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::output::clean;

/// Rows under a heading, each column as wide as its widest cell.
pub struct Table<const COLUMNS: usize> {
    rows: Vec<Row<COLUMNS>>,
}

enum Row<const COLUMNS: usize> {
    Cells([Cell; COLUMNS]),
    Remark(String),
}

/// One cell.
pub struct Cell {
    text: String,
    style: Style,
    right: bool,
}

impl Cell {
    /// The cell in this style.
    pub fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// The cell aligned to the right, as amounts are.
    pub fn right(self) -> Self {
        Self { right: true, ..self }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        let text = clean(text.as_ref()).replace('\n', " ");
        Self { text, style: Style::new(), right: false }
    }
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// A table with only its heading.
    pub fn new(heading: [&str; COLUMNS]) -> Self {
        Self { rows: vec![Row::Cells(heading.map(|title| Cell::from(title).styled(Style::new().dimmed())))] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: [Cell; COLUMNS]) {
        self.rows.push(Row::Cells(cells));
    }

    /// Adds a line under the last row that keeps to no column.
    pub fn remark(&mut self, text: &str) {
        self.rows.push(Row::Remark(clean(text).replace('\n', " ")));
    }

    /// The table as lines of text.
    pub fn render(&self) -> String {
        let mut widths = [0; COLUMNS];
        for row in &self.rows {
            if let Row::Cells(cells) = row {
                for (width, cell) in widths.iter_mut().zip(cells) {
                    *width = (*width).max(cell.text.width());
                }
            }
        }
        let mut lines = String::new();
        for row in &self.rows {
            match row {
                Row::Cells(cells) => lines.push_str(&line(cells, &widths)),
                Row::Remark(text) => {
                    lines.push_str("  ");
                    lines.push_str(text);
                }
            }
            lines.push('\n');
        }
        lines
    }
}

fn line(cells: &[Cell], widths: &[usize]) -> String {
    let mut line = String::new();
    let mut gap = 0;
    for (cell, width) in cells.iter().zip(widths) {
        let room = width - cell.text.width();
        let (before, after) = if cell.right { (room, 0) } else { (0, room) };
        if !cell.text.is_empty() {
            let Cell { text, style, .. } = cell;
            // Writing to a string cannot fail.
            let _ = write!(line, "{:1$}{style}{text}{style:#}", "", gap + before);
            gap = 0;
        }
        gap += if cell.text.is_empty() { *width } else { after } + 2;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_is_in_them() {
        let mut table = Table::new(["NAME", "LEFT", "AT"]);
        table.row(["東京".into(), Cell::from("$1.00").right(), "now".into()]);
        table.row(["".into(), Cell::from("−$120.00").right(), "".into()]);
        table.remark("error: no\u{1b}[31m answer");
        let plain = anstream::adapter::strip_str(&table.render()).to_string();
        assert_eq!(
            plain,
            "NAME  LEFT      AT\n東京     $1.00  now\n      −$120.00\n  error: no\u{fffd}[31m answer\n"
        );
    }
}
