// Spend as bars: a day, a week or a month each, whichever is wide enough to be seen.

import type { Chart } from '../bindings/Chart';
import type { Unmeasured } from '../bindings/Unmeasured';
import { isZero, sum } from '../decimal';

export type Grouping = 'day' | 'week' | 'month';

export interface Bar {
  from: number;
  until: number;
  /** Exact; null when nobody looked all the time. */
  spent: string | null;
}

/** What was spent in a time without readings that belongs to no single bar. */
export interface Across {
  from: number;
  until: number;
  spent: string;
  /** What that is on average for the length of a bar, unless it is shorter than one. */
  height: number;
}

export interface Spend {
  grouping: Grouping;
  bars: Bar[];
  across: Across[];
}

const day = 24 * 3_600_000;
/** A bar is at least so many pixels wide, with its space. */
const narrowest = 5;
const lengths: Record<Grouping, number> = { day, week: 7 * day, month: 30.4 * day };

export function groupingFor(length: number, pixels: number): Grouping {
  const fits = (grouping: Grouping) => (lengths[grouping] / length) * pixels >= narrowest;
  return fits('day') ? 'day' : fits('week') ? 'week' : 'month';
}

/** The local midnight a date begins with. */
export function startOfDay(date: string): Date {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day);
}

export function spendOf(chart: Chart, grouping: Grouping): Spend {
  const groups = new Map<number, { until: number; known: string[] }>();
  for (const { date, spent } of chart.days) {
    const { from, until } = groupOf(startOfDay(date), grouping);
    const group = groups.get(from) ?? { until, known: [] };
    if (spent !== null) group.known.push(spent);
    groups.set(from, group);
  }
  const across: Across[] = [];
  for (const gap of chart.gaps.filter(reachesBeyondItsDay)) {
    if (isZero(gap.spent)) continue;
    const [from, until] = [Date.parse(gap.from), Date.parse(gap.until)];
    const around = groupOf(new Date(from), grouping);
    const group = groups.get(around.from);
    if (group && until <= around.until) {
      group.known.push(gap.spent);
    } else {
      const height = Number(gap.spent) / Math.max(1, (until - from) / lengths[grouping]);
      across.push({ from, until, spent: gap.spent, height });
    }
  }
  const bars = [...groups].map(([from, { until, known }]) => ({
    from,
    until,
    spent: known.length > 0 ? sum(known) : null,
  }));
  return { grouping, bars, across };
}

/** Whether what was spent in a gap is in no day's sum. */
export function reachesBeyondItsDay(gap: Unmeasured): boolean {
  return Date.parse(gap.until) > groupOf(new Date(gap.from), 'day').until;
}

/** The day, week (from Monday) or month that a time lies in. */
function groupOf(at: Date, grouping: Grouping): { from: number; until: number } {
  const [year, month, date] = [at.getFullYear(), at.getMonth(), at.getDate()];
  const span = (begin: Date, end: Date) => ({ from: begin.getTime(), until: end.getTime() });
  switch (grouping) {
    case 'day':
      return span(new Date(year, month, date), new Date(year, month, date + 1));
    case 'week': {
      const monday = date - ((at.getDay() + 6) % 7);
      return span(new Date(year, month, monday), new Date(year, month, monday + 7));
    }
    case 'month':
      return span(new Date(year, month), new Date(year, month + 1));
  }
}
