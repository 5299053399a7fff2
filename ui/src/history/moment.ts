// What is known of one moment of a chart.

import type { Chart } from '../bindings/Chart';
import type { Day } from '../bindings/Day';
import { startOfDay } from './bars';

export type Moment =
  | { known: 'amount'; amount: string; day: Day | undefined }
  /** Several readings fall on this spot of the drawing. */
  | { known: 'between'; low: string; high: string; day: Day | undefined }
  | { known: 'gap'; from: string; until: string | null; spent: string | null }
  | { known: 'before' }
  | { known: 'future' };

export function momentOf(chart: Chart, at: number): Moment {
  const { points, gaps } = chart;
  if (at > Date.parse(chart.until)) return { known: 'future' };
  const index = lastBefore(points.length, (index) => Date.parse(points[index]?.from ?? '') <= at);
  const point = points[index];
  if (!point) return { known: 'before' };
  const day = dayOf(chart, at);
  if (at < Date.parse(point.until)) {
    const { low, high, last } = point;
    return low === high ? { known: 'amount', amount: last, day } : { known: 'between', low, high, day };
  }
  const next = points[index + 1];
  const gap = gaps.find(({ from, until }) => Date.parse(from) <= at && Date.parse(until) >= at);
  if (at <= Date.parse(point.until) || (!next?.after_gap && !gap))
    return { known: 'amount', amount: point.last, day };
  return {
    known: 'gap',
    from: gap?.from ?? point.until,
    until: next?.from ?? null,
    spent: next ? (gap?.spent ?? null) : null,
  };
}

function dayOf({ days }: Chart, at: number): Day | undefined {
  return days[lastBefore(days.length, (index) => startOfDay(days[index]?.date ?? '').getTime() <= at)];
}

/** The last of the items, which are in order, for which it holds; −1 when there is none. */
function lastBefore(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [-1, count - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
