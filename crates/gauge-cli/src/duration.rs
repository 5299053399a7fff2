//! Durations as people write them.

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// A duration that is not negative, such as `90s`, `10m`, `1h` or `30d`.
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    let span: Result<Span, _> = text.trim().parse();
    span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .ok()
        .filter(|duration| !duration.is_negative())
        .ok_or_else(|| "write a duration such as 90s, 10m, 1h or 2d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h 30m", 5400), ("0s", 0), ("2d", 172_800)] {
            assert_eq!(duration(text), Ok(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "-5m", "ten minutes", "1 month", "99999999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
