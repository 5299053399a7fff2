// The forecast as it is drawn: from the last reading to when the meter runs out.

import type { Chart } from '../bindings/Chart';
import type { MeterSnapshot } from '../bindings/MeterSnapshot';
import type { Extent } from './range';

export interface Fan {
  /** The last reading. */
  at: number;
  left: number;
  /** When it is used up at the earliest; null when no range can be told. */
  early: number | null;
  /** The middle: where it is used up, or what is left of it at the reset. */
  likely: { at: number; left: number } | null;
  /** The latest that can be told. */
  late: number | null;
  /** When the allowance comes back, where the fan ends. */
  resets: number | null;
}

const day = 24 * 3_600_000;
/** A time that is not told lies beyond so many days. */
const horizon = 400 * day;

/** What is foretold of a meter. */
export type Outlook = Pick<MeterSnapshot, 'forecast' | 'resets_at'>;

export function fanOf(chart: Chart, { forecast, resets_at }: Outlook, now: number): Fan | null {
  const last = chart.points.at(-1);
  if (!last || !forecast || chart.measure !== 'remaining') return null;
  const [at, left] = [Date.parse(last.until), Number(last.last)];
  const resets = time(resets_at);
  const early = time(forecast.runs_out?.early);
  const likely = time(forecast.runs_out?.likely);
  if (left <= 0 || (early !== null && early <= now && likely !== null && likely <= now)) return null;
  const middle = () => {
    if (likely !== null) return { at: likely, left: 0 };
    if (resets === null || forecast.per_day === null) return null;
    return { at: resets, left: Math.max(0, left - (Number(forecast.per_day) * (resets - at)) / day) };
  };
  const fan: Fan = {
    at,
    left,
    early,
    likely: forecast.state === 'ok' || forecast.state === 'lasts_until_reset' ? middle() : null,
    late: early === null ? null : (time(forecast.runs_out?.late) ?? at + horizon),
    resets,
  };
  return fan.early === null && fan.likely === null ? null : fan;
}

/** How far into the future the drawing goes: to the end of the fan, but for no more than a third of its width. */
export function futureEnd(fan: Fan, shown: Extent): number {
  const past = shown.until - shown.from;
  const first = fan.early ?? fan.likely?.at ?? shown.until;
  const end = Math.min(fan.late ?? Infinity, fan.resets ?? Infinity);
  const whole = (Number.isFinite(end) ? end : first) - shown.until;
  // Where not even its beginning fits, a hint of it and its date are enough.
  if (first - shown.until > past / 2) return shown.until + past / 6;
  return shown.until + Math.min(Math.max(whole, 0) * 1.06 + past / 50, past / 2);
}

function time(at: string | null | undefined): number | null {
  return at === null || at === undefined ? null : Date.parse(at);
}
