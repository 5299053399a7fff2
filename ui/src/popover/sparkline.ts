import type { Point } from '../bindings/Point';

export interface Frame {
  width: number;
  height: number;
  /** Milliseconds since 1970. */
  from: number;
  until: number;
}

/** A course as the path of an SVG: steps, and nothing where nobody looked. */
export function sparkline(points: Point[], { width, height, from, until }: Frame): string {
  const values = points.flatMap(({ low, high }) => [Number(low), Number(high)]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at: string) => round(((Date.parse(at) - from) / (until - from)) * width);
  const y = (value: string) =>
    high === low ? round(height / 2) : round((1 - (Number(value) - low) / (high - low)) * height);
  return points
    .map(({ first, last, after_gap, ...point }, index) => {
      const begins = index === 0 || after_gap;
      const start = begins ? `M${x(point.from)} ${y(first)}` : `H${x(point.from)}V${y(first)}`;
      // A move alone draws nothing; with no length and round ends it is a dot.
      return `${start}H${x(point.until)}${last === first ? '' : `V${y(last)}`}`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
