// A forecast in words. The short ones are also the tray's.

import type { Forecast } from './bindings/Forecast';
import { formatDay, formatMoment } from './format';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What it comes to at a glance: `about 6 days left`. Null where nothing can be said. */
export function forecastInBrief(forecast: Forecast | null, now: Date): string | null {
  switch (forecast?.state) {
    case undefined:
    case 'not_enough_data':
    case 'unlimited':
      return null;
    case 'idle':
      return 'not being spent';
    case 'lasts_until_reset':
      return forecast?.runs_out ? 'may run out before it resets' : 'lasts until it resets';
    case 'ok': {
      const { likely, late } = forecast?.runs_out ?? { likely: null, late: null };
      if (likely === null) return 'more than a year left';
      return isPast(likely, now) && late !== null && isPast(late, now)
        ? null
        : `${about(Date.parse(likely) - now.getTime())} left`;
    }
  }
}

/** When it runs out, in a sentence without its full stop. Null where nothing limits the meter or nothing is known of it. */
export function forecastInWords(
  forecast: Forecast | null,
  resetsAt: string | null,
  now: Date,
): string | null {
  switch (forecast?.state) {
    case undefined:
    case 'unlimited':
      return null;
    case 'not_enough_data':
      return 'Not enough data yet';
    case 'idle':
      return 'Not being spent';
    case 'lasts_until_reset': {
      const until = resetsAt === null ? 'until it resets' : `until it resets ${when(resetsAt, now)}`;
      const early = forecast?.runs_out?.early ?? null;
      return early === null ? `Lasts ${until}` : `Likely lasts ${until}, but may run out ${from(early, now)}`;
    }
    case 'ok':
      return runsOut(forecast, resetsAt, now);
  }
}

function runsOut(forecast: Forecast | null, resetsAt: string | null, now: Date): string {
  const { early, likely, late } = forecast?.runs_out ?? { early: null, likely: null, late: null };
  if (late !== null && isPast(late, now)) return 'Has run out';
  if (early === null) return 'Lasts more than a year';
  if (likely === null) return `Likely lasts more than a year, but may run out ${from(early, now)}`;
  if (late === null) {
    const most = resetsAt === null ? 'more than a year' : 'until it resets';
    return `Likely runs out ${when(likely, now)}, not before ${moment(early, now)}, but may last ${most}`;
  }
  const [first, last] = [moment(early, now), moment(late, now)];
  return first === last
    ? `Runs out ${when(early, now)}`
    : `Runs out between ${first} and ${last}, likely ${moment(likely, now)}`;
}

/** With the time of day while that matters: `14:02`, `tomorrow 9:30`, `4 Dec`. */
function moment(at: string, now: Date): string {
  const isNear = Math.abs(Date.parse(at) - now.getTime()) < 2 * day;
  // Kept together at the end of a line.
  return (isNear ? formatMoment(at, now) : formatDay(at, now)).replaceAll(' ', '\u00a0');
}

/** `at 14:02`, `tomorrow 9:30`, `on 4 Dec`. */
function when(at: string, now: Date): string {
  const text = moment(at, now);
  if (/^(tomorrow|yesterday)/.test(text)) return text;
  return Math.abs(Date.parse(at) - now.getTime()) < day ? `at ${text}` : `on ${text}`;
}

function from(at: string, now: Date): string {
  return isPast(at, now) ? 'any time' : `from ${moment(at, now)} on`;
}

function isPast(at: string, now: Date): boolean {
  return Date.parse(at) <= now.getTime();
}

/** A length of time in its fitting unit, rounded: `about 6 days`. */
function about(length: number): string {
  if (length < minute) return 'less than a minute';
  const [unit, size] =
    length < 1.5 * hour
      ? ['minute', minute]
      : length < 36 * hour
        ? ['hour', hour]
        : length < 60 * day
          ? ['day', day]
          : ['month', 30 * day];
  const count = Math.round(length / Number(size));
  return `about ${count} ${unit}${count === 1 ? '' : 's'}`;
}
