// A chart's course as lines to draw. Doubles are good enough for pixels.

import type { Chart } from '../bindings/Chart';
import type { Point } from '../bindings/Point';

/** Corners of a stepped line: the values hold until the next time; null begins a time that nobody measured. */
export interface Course {
  times: number[];
  values: (number | null)[];
  lows: (number | null)[];
  highs: (number | null)[];
}

export function courseOf(points: Point[]): Course {
  const course: Course = { times: [], values: [], lows: [], highs: [] };
  const corner = (at: number, value: number | null, low = value, high = value) => {
    course.times.push(at);
    course.values.push(value);
    course.lows.push(low);
    course.highs.push(high);
  };
  let before = 0;
  for (const point of points) {
    const [from, until] = [Date.parse(point.from), Date.parse(point.until)];
    const [low, high] = [Number(point.low), Number(point.high)];
    // In the middle, since every time may stand once only.
    if (point.after_gap) corner((before + from) / 2, null);
    corner(from, Number(point.first), low, high);
    if (until > from) corner(until, Number(point.last), low, high);
    before = until;
  }
  return course;
}

/** The corners that no line leads to or from, which need a dot to be seen. Undefined is only another line's corner. */
export function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const corners = Array.from(values, (value, index) => ({ value, index })).filter(
    ({ value }) => value !== undefined,
  );
  const isGap = (at: number) => (corners[at]?.value ?? null) === null;
  return corners.flatMap(({ value, index }, at) =>
    value !== null && isGap(at - 1) && isGap(at + 1) ? [index] : [],
  );
}

/** Whether nothing can have been seen to move. */
export function hasOneReading({ since, points }: Chart): boolean {
  const last = points.at(-1);
  return last !== undefined && since !== null && Date.parse(since) === Date.parse(last.until);
}

/** Whether points stand for several readings each, so that a single line would hide some. */
export function isReduced(points: Point[]): boolean {
  return points.some(({ low, high }) => low !== high);
}

/** From the least to the most, of everything that has to be seen. */
export function bounds(charts: Chart[], others: number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { points } of charts) {
    for (const point of points) {
      low = Math.min(low, Number(point.low));
      high = Math.max(high, Number(point.high));
    }
  }
  for (const other of others) {
    low = Math.min(low, other);
    high = Math.max(high, other);
  }
  return low <= high ? [low, high] : [0, 0];
}

/** The value axis: with some air above and, below a line that does not stand on zero, beneath. */
export function valueRange([low, high]: [number, number]): [number, number] {
  if (low === high) {
    const air = Math.abs(high) || 1;
    return low === 0 ? [0, 1] : low > 0 ? [0, high + air * 0.25] : [low - air * 0.25, 0];
  }
  const air = (high - low) * 0.12;
  return [low === 0 ? 0 : low - air, high === 0 ? 0 : high + air];
}
