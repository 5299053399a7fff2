// Accounts of one unit beside each other.

import type { Chart } from '../bindings/Chart';
import { sum } from '../decimal';
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

/** What all of them come to; they have one unit. Left is null unless all of them say what is left. */
export function totals(charts: Chart[]): { spent: string; topped_up: string; left: string | null } {
  const left = charts.map((chart) => leftIn(chart)).filter((left) => left !== null);
  return {
    spent: sum(charts.map(({ spent }) => spent)),
    topped_up: sum(charts.map(({ topped_up }) => topped_up)),
    left: left.length === charts.length ? sum(left) : null,
  };
}

/** What was left at the end. */
export function leftIn({ measure, points }: Chart): string | null {
  return measure === 'remaining' ? (points.at(-1)?.last ?? null) : null;
}
