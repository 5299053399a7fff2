// Charts for tests, told in local hours of 1 to 30 June 2026.

import type { Chart } from '../bindings/Chart';
import type { Point } from '../bindings/Point';
import type { Unmeasured } from '../bindings/Unmeasured';

/** A time on a day of June, in hours. */
export const june = (day: number, hour = 0) => new Date(2026, 5, day, hour).getTime();

export const iso = (at: number) => new Date(at).toISOString();

export function point(from: number, until: number, amount: string, some: Partial<Point> = {}): Point {
  const same = { first: amount, last: amount, low: amount, high: amount };
  return { from: iso(from), until: iso(until), ...same, after_gap: false, ...some };
}

export function gap(from: number, until: number, spent: string): Unmeasured {
  return { from: iso(from), until: iso(until), spent, topped_up: '0' };
}

/** Days of June and what was spent on them. */
export function days(...spent: [day: number, spent: string | null][]): Chart['days'] {
  return spent.map(([day, spent]) => ({
    date: `2026-06-${String(day).padStart(2, '0')}`,
    spent,
    topped_up: spent === null ? null : '0',
    unknown_seconds: spent === null ? 86_400 : 0,
  }));
}

export function chart(some: Partial<Chart>): Chart {
  return {
    from: iso(june(1)),
    until: iso(june(30)),
    since: iso(june(1)),
    unit: 'USD',
    measure: 'remaining',
    points: [],
    gaps: [],
    top_ups: [],
    resets: [],
    days: [],
    spent: '0',
    topped_up: '0',
    unknown_seconds: 0,
    ...some,
  };
}
