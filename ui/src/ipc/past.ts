// Made-up readings of a meter, and what the Rust side tells of them.

import type { Chart } from '../bindings/Chart';
import type { Day } from '../bindings/Day';
import type { Forecast } from '../bindings/Forecast';
import type { Point } from '../bindings/Point';
import type { Recent } from '../bindings/Recent';
import type { Rise } from '../bindings/Rise';
import type { Span } from '../bindings/Span';
import type { Unmeasured } from '../bindings/Unmeasured';

const hour = 3_600_000;
const day = 24 * hour;

/** How a meter went, told backwards from now. Amounts count the smallest step of the unit. */
export interface Story {
  days: number;
  left: number;
  perDay: number;
  /** What is there after a top-up or a reset. */
  full: number;
  /** How many decimals the amounts have. */
  decimals: number;
  /** Times without readings: from and until so many days ago. */
  gaps?: [from: number, until: number][];
  /** The allowance comes back every so many days. */
  resetDays?: number;
  /** Only what was used is known. */
  spend?: boolean;
}

interface Stretch {
  from: number;
  until: number;
  left: number;
  rise: Rise | null;
  afterGap: boolean;
}

/** A meter's made-up past. */
export class Past {
  readonly story: Story;
  #stretches: Stretch[];

  constructor(story: Story, seed: string, now: number) {
    this.story = story;
    this.#stretches = tell(story, seed, now);
  }

  get since(): string {
    return iso(this.#stretches[0]?.from ?? 0);
  }

  get until(): string {
    return iso(this.#stretches.at(-1)?.until ?? 0);
  }

  spans(before: number, limit: number): Span[] {
    return this.#stretches
      .filter(({ from }) => from < before)
      .slice(-limit)
      .reverse()
      .map(({ from, until, left, rise }) => ({
        from: iso(from),
        until: iso(until),
        rise,
        resets_at: null,
        remaining: this.story.spend ? null : this.#amount(left),
        total: null,
        used: this.story.spend ? this.#amount(left) : null,
      }));
  }

  chart(unit: string, from: number | null, until: number, columns: number): Chart {
    const since = this.#stretches[0]?.from ?? until;
    const begin = Math.min(Math.max(from ?? since, since), until);
    const width = (until - begin) / Math.max(1, columns);
    const moves = this.#moves(begin, until);
    const total = (name: 'spent' | 'added') => this.#amount(moves.reduce((sum, move) => sum + move[name], 0));
    const gaps = this.#gaps(begin, until);
    return {
      from: iso(begin),
      until: iso(until),
      since: this.since,
      unit,
      measure: this.story.spend ? 'used' : 'remaining',
      points: this.#points(begin, until, width),
      gaps: gaps.filter((gap) => Date.parse(gap.until) - Date.parse(gap.from) >= width),
      top_ups: moves
        .filter(({ added, gap }) => added > 0 && !gap)
        .map(({ at, added }) => ({ at: iso(at), amount: this.#amount(added) })),
      resets: moves.filter(({ reset }) => reset).map(({ at }) => iso(at)),
      days: this.#days(begin, until),
      spent: total('spent'),
      topped_up: total('added'),
      unknown_seconds: gaps.reduce((sum, gap) => sum + overlap(gap, begin, until) / 1000, 0),
    };
  }

  forecast(now: number): Forecast {
    const { left, perDay } = this.story;
    const last = this.#stretches.at(-1)?.until ?? 0;
    if (now - last > 2 * day) return { state: 'not_enough_data', per_day: null, runs_out: null };
    const after = (share: number) => iso(now + (left / perDay) * share * day);
    const runs_out = { early: after(0.7), likely: after(1), late: after(1.5) };
    return { state: 'ok', per_day: this.#amount(perDay), runs_out };
  }

  recent(now: number): Recent {
    const from = midnight(now, -13);
    const spent = (days: number) => {
      const moves = this.#moves(midnight(now, 1 - days), now);
      return this.#amount(moves.reduce((sum, move) => sum + move.spent, 0));
    };
    return {
      from: iso(from),
      points: this.#points(from, now, (now - from) / 120),
      spent_today: spent(1),
      spent_7_days: spent(7),
      spent_30_days: spent(30),
      topped_up_at:
        this.#moves(0, now)
          .filter(({ added }) => added > 0)
          .map(({ at }) => iso(at))
          .at(-1) ?? null,
    };
  }

  #amount(count: number): string {
    return (count / 10 ** this.story.decimals).toFixed(this.story.decimals);
  }

  /** What moved from each stretch to the next, seen after `from` and until `until`. */
  #moves(from: number, until: number) {
    return this.#stretches.flatMap((after, index) => {
      const before = this.#stretches[index - 1];
      if (!before || after.from <= from || after.from > until) return [];
      const reset = after.rise === 'reset';
      const fall = (before.left - after.left) * (this.story.spend ? -1 : 1);
      return [
        {
          at: after.from,
          since: before.until,
          gap: after.afterGap,
          reset,
          spent: reset ? 0 : Math.max(0, fall),
          added: reset ? 0 : Math.max(0, -fall),
        },
      ];
    });
  }

  #gaps(from: number, until: number): Unmeasured[] {
    return this.#moves(0, Infinity)
      .filter(({ gap, since, at }) => gap && at > from && since < until)
      .map(({ since, at, spent, added }) => ({
        from: iso(since),
        until: iso(at),
        spent: this.#amount(spent),
        topped_up: this.#amount(added),
      }));
  }

  #days(from: number, until: number): Day[] {
    const days: Day[] = [];
    if (this.since === this.until) return days;
    const moves = this.#moves(midnight(from, 0), until);
    const gaps = this.#gaps(midnight(from, 0), until);
    for (let start = midnight(from, 0); start <= until; start = midnight(start, 1)) {
      const end = midnight(start, 1);
      const inside = moves.filter(
        ({ at, since, gap }) => at > start && at <= end && (!gap || since >= start),
      );
      const unknown = gaps.reduce((sum, gap) => sum + overlap(gap, start, end), 0);
      const known = unknown < end - start;
      const total = (name: 'spent' | 'added') =>
        known ? this.#amount(inside.reduce((sum, move) => sum + move[name], 0)) : null;
      const date = new Date(start);
      days.push({
        date: [date.getFullYear(), date.getMonth() + 1, date.getDate()]
          .map((part) => String(part).padStart(2, '0'))
          .join('-'),
        spent: total('spent'),
        topped_up: total('added'),
        unknown_seconds: unknown / 1000,
      });
    }
    return days;
  }

  #points(from: number, until: number, width: number): Point[] {
    const seen = this.#stretches.filter((one) => one.until >= from && one.from <= until);
    const reduce = seen.length > (2 * (until - from)) / width;
    const points: (Stretch & { last: number; low: number; high: number })[] = [];
    for (const one of seen) {
      const begin = Math.max(one.from, from);
      const joined = points.at(-1);
      const column = (at: number) => Math.floor((at - from) / width);
      if (reduce && joined && !one.afterGap && column(joined.from) === column(begin)) {
        joined.until = Math.min(one.until, until);
        joined.last = one.left;
        joined.low = Math.min(joined.low, one.left);
        joined.high = Math.max(joined.high, one.left);
      } else {
        const end = Math.min(one.until, until);
        points.push({ ...one, from: begin, until: end, last: one.left, low: one.left, high: one.left });
      }
    }
    return points.map((point, index) => ({
      from: iso(point.from),
      until: iso(point.until),
      first: this.#amount(point.left),
      last: this.#amount(point.last),
      low: this.#amount(point.low),
      high: this.#amount(point.high),
      after_gap: index > 0 && point.afterGap,
    }));
  }
}

/** Makes up the stretches in which the meter read the same, oldest first. */
function tell({ days, left, perDay, full, gaps = [], resetDays, spend }: Story, seed: string, now: number) {
  const random = randomOf(seed);
  const step = days > 400 ? 3 * hour : hour / 4;
  const stretches: Stretch[] = [{ from: now, until: now, left, rise: null, afterGap: false }];
  let level = left;
  for (let at = now - step; at >= now - days * day; at -= step) {
    const ago = (now - at) / day;
    const first = stretches.at(-1);
    if (!first) break;
    const spent = Math.round(perDay * (step / day) * liveliness(at) * 2 * random() ** 2 * 1.5);
    if (gaps.some(([from, until]) => ago < from && ago > until)) {
      first.afterGap = true;
      level += spend ? -spent : spent;
      continue;
    }
    if (resetDays && Math.floor(ago / resetDays) !== Math.floor((ago - step / day) / resetDays)) {
      first.rise = 'reset';
      level = spend
        ? Math.round(perDay * resetDays * (0.8 + random() * 0.4))
        : Math.round(full * random() * 0.4);
    } else if (spend) {
      level = Math.max(0, level - spent);
    } else {
      level += spent;
      if (!resetDays && level > full) level = first.left - Math.round(full * 0.8);
    }
    if (level === first.left && !first.afterGap && first.rise === null) first.from = at;
    else stretches.push({ from: at, until: at, left: level, rise: null, afterGap: false });
  }
  return stretches.reverse();
}

/** Much by day, nothing by night, little at weekends, and some weeks more than others. */
function liveliness(at: number): number {
  const date = new Date(at);
  const hours = date.getHours();
  const awake = hours >= 9 && hours < 19 ? 2.2 : hours >= 7 && hours < 23 ? 0.3 : 0;
  const weekend = date.getDay() % 6 === 0 ? 0.2 : 1.2;
  return awake * weekend * (1 + 0.6 * Math.sin(at / (23 * day)));
}

/** Even numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: string): () => number {
  let state = [...seed].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) | 0, 7);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const iso = (at: number) => new Date(at).toISOString();

function overlap(gap: Unmeasured, from: number, until: number): number {
  return Math.max(0, Math.min(Date.parse(gap.until), until) - Math.max(Date.parse(gap.from), from));
}

/** The midnight so many days from the one before a time. */
function midnight(at: number, days: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}
