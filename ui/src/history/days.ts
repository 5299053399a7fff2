// A chart's days as rows of a table.

import type { Chart } from '../bindings/Chart';
import { isZero } from '../decimal';
import { reachesBeyondItsDay, startOfDay } from './bars';

/** A day, or with `until` a time without readings whose spend belongs to no single day. */
export interface Row {
  key: string;
  from: Date;
  until: Date | null;
  spent: string | null;
  topped_up: string | null;
  unknown_seconds: number;
}

/** The last first. */
export function rowsOf({ days, gaps }: Chart): Row[] {
  const whole = days.map(({ date, ...day }) => ({ key: date, from: startOfDay(date), until: null, ...day }));
  const between = gaps
    .filter((gap) => reachesBeyondItsDay(gap) && !(isZero(gap.spent) && isZero(gap.topped_up)))
    .map(({ from, until, spent, topped_up }) => ({
      key: from,
      from: new Date(from),
      until: new Date(until),
      spent,
      topped_up,
      unknown_seconds: (Date.parse(until) - Date.parse(from)) / 1000,
    }));
  return [...whole, ...between].toSorted((a, b) => b.from.getTime() - a.from.getTime());
}
