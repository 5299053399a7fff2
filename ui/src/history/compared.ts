// Accounts of one unit beside each other.

import type { Chart } from '../bindings/Chart';
import { sum } from '../decimal';
import { hasOneReading } from './course';
import type { Palette } from './palette';

export interface Compared {
  name: string;
  chart: Chart;
}

/** A line is told from others by its dashes as well as by its colour. */
export interface Line {
  dash: number[];
  colour: (palette: Palette) => string;
  /** The same colour in a style sheet. */
  variable: string;
}

const lines: [Line, ...Line[]] = [
  { dash: [], colour: ({ accent }) => accent, variable: '--accent' },
  { dash: [8, 4], colour: ({ low }) => low, variable: '--shape-low' },
  { dash: [2, 3], colour: ({ ok }) => ok, variable: '--shape-ok' },
  { dash: [10, 3, 2, 3], colour: ({ critical }) => critical, variable: '--shape-critical' },
  { dash: [5, 5], colour: ({ unknown }) => unknown, variable: '--shape-unknown' },
];

/** So many fit in one drawing before nobody can tell them apart. */
export const mostLines = lines.length;

export function lineOf(index: number): Line {
  return lines[index] ?? lines[0];
}

/** The name as it stands at the end of a line. */
export function nameAtLine(name: string): string {
  return name.length > 26 ? `${name.slice(0, 25).trimEnd()}…` : name;
}

/** What all of them come to, which have one unit; null where that of one is not known. */
export function totals(charts: Chart[]): Record<'spent' | 'topped_up' | 'left', string | null> {
  const total = (amountIn: (chart: Chart) => string | null) => {
    const amounts = charts.map(amountIn).filter((amount) => amount !== null);
    return amounts.length === charts.length ? sum(amounts) : null;
  };
  return {
    spent: total((chart) => known(chart, chart.spent)),
    topped_up: total((chart) => known(chart, chart.topped_up)),
    left: total(leftIn),
  };
}

/** The amount that moved, unless the readings are too few to tell. */
export function known(chart: Chart, amount: string): string | null {
  return chart.points.length > 0 && !hasOneReading(chart) ? amount : null;
}

/** What was left at the end. */
export function leftIn({ measure, points }: Chart): string | null {
  return measure === 'remaining' ? (points.at(-1)?.last ?? null) : null;
}
