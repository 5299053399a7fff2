//! When a provider wants to be asked again.

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// No wish reaches further than this: a date in the far future is a mistake, and would silence an account.
pub(crate) const FURTHEST_WISH: SignedDuration = SignedDuration::from_hours(24);

/// The time that `Retry-After` names (RFC 9110, section 10.2.3: seconds or a date), else `X-RateLimit-Reset` (unix
/// seconds or milliseconds, or seconds from now). Never in the past, and within a day.
pub(super) fn wish(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let wish = text(RETRY_AFTER.as_str())
        .and_then(|text| after(text, now))
        .or_else(|| text("x-ratelimit-reset").and_then(|text| reset(text, now)))?;
    let furthest = now.checked_add(FURTHEST_WISH).unwrap_or(Timestamp::MAX);
    Some(wish.clamp(now, furthest))
}

fn after(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(seconds) = seconds(text) {
        return Some(later(now, seconds));
    }
    rfc2822::parse(text).ok().map(|date| date.timestamp())
}

fn reset(text: &str, now: Timestamp) -> Option<Timestamp> {
    // 1e9 seconds are in 2001 and 1e11 milliseconds in 1973: smaller numbers are no dates of today.
    const FIRST_DATE: f64 = 1e9;
    const FIRST_MILLISECONDS: f64 = 1e11;
    let number = seconds(text)?;
    if number < FIRST_DATE {
        return Some(later(now, number));
    }
    let seconds = if number < FIRST_MILLISECONDS { number } else { number / 1000.0 };
    Some(later(Timestamp::UNIX_EPOCH, seconds))
}

fn seconds(text: &str) -> Option<f64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if is_number { text.parse().ok() } else { None }
}

fn later(start: Timestamp, seconds: f64) -> Timestamp {
    SignedDuration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|duration| start.checked_add(duration).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: &str = "2026-11-21T10:00:00Z";

    fn wish_of(name: &'static str, value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().ok()?);
        wish(&headers, NOW.parse().unwrap()).map(|at| at.to_string())
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        for (name, value, expected) in [
            ("retry-after", "17", "2026-11-21T10:00:17Z"),
            ("retry-after", " 0 ", "2026-11-21T10:00:00Z"),
            ("retry-after", "1.5", "2026-11-21T10:00:01.5Z"),
            ("retry-after", "Sat, 21 Nov 2026 10:05:00 GMT", "2026-11-21T10:05:00Z"),
            ("x-ratelimit-reset", "1795255260", "2026-11-21T10:01:00Z"),
            ("x-ratelimit-reset", "1795255260000", "2026-11-21T10:01:00Z"),
            ("x-ratelimit-reset", "60", "2026-11-21T10:01:00Z"),
        ] {
            assert_eq!(wish_of(name, value).as_deref(), Some(expected), "{name}: {value}");
        }
    }

    #[test]
    fn the_past_is_now_and_the_far_future_is_tomorrow() {
        assert_eq!(wish_of("retry-after", "Sat, 21 Nov 2020 10:05:00 GMT").as_deref(), Some(NOW));
        assert_eq!(wish_of("x-ratelimit-reset", "1500000000").as_deref(), Some(NOW));
        for far in ["864000", "99999999999999999999", "Sat, 21 Nov 2099 10:05:00 GMT"] {
            assert_eq!(wish_of("retry-after", far).as_deref(), Some("2026-11-22T10:00:00Z"), "{far}");
        }
    }

    #[test]
    fn anything_else_is_no_wish() {
        for senseless in ["", "-5", "soon", "1,5", "0x10", "Sat, 32 Nov 2026 10:05:00 GMT"] {
            assert_eq!(wish_of("retry-after", senseless), None, "{senseless}");
        }
    }

    proptest! {
        #[test]
        fn every_wish_is_within_a_day_from_now(value in "[ -~]{0,40}|[0-9]{1,25}", reset: bool) {
            let name = if reset { "x-ratelimit-reset" } else { "retry-after" };
            if let Some(at) = wish_of(name, &value) {
                let (at, now): (Timestamp, Timestamp) = (at.parse().unwrap(), NOW.parse().unwrap());
                prop_assert!(at >= now && at <= now + FURTHEST_WISH);
            }
        }
    }
}
