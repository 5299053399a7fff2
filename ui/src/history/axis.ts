// What stands at the axes.

import { here, isCurrency } from '../format';

const hour = 3_600_000;
const day = 24 * hour;

/**
 * The marks of the time axis: a time, a day or a month each, and on a second line the larger unit wherever it begins.
 */
export function timeLabels(times: number[], step: number, locale = here): string[] {
  const form = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const [near, far] =
    step < day
      ? [form({ timeStyle: 'short' }), form({ day: 'numeric', month: 'short' })]
      : step < 28 * day
        ? [form({ day: 'numeric', month: 'short' }), form({ year: 'numeric' })]
        : step < 360 * day
          ? [form({ month: 'short' }), form({ year: 'numeric' })]
          : [form({ year: 'numeric' }), undefined];
  let before: string | undefined;
  return times.map((time) => {
    const larger = far?.format(time);
    const begins = larger !== before;
    before = larger;
    return begins && larger ? `${near.format(time)}\n${larger}` : near.format(time);
  });
}

/** What may lie between the marks of the value axis: steps of one digit, which labels tell exactly. */
export const amountSteps = Array.from({ length: 28 }, (_, index) => index - 12).flatMap((power) =>
  [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
);

/** The marks of the value axis, which are such steps apart: as many decimals as tell them apart, and large ones short. */
export function amountLabels(values: number[], step: number, unit: string, locale = here): string[] {
  const most = Math.max(...values.map(Math.abs));
  const decimals = Math.min(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), 12);
  const options: Intl.NumberFormatOptions =
    most >= 100_000 && step >= 1
      ? { notation: 'compact', maximumSignificantDigits: Math.max(3, Math.ceil(Math.log10(most / step)) + 1) }
      : { minimumFractionDigits: shown(decimals, unit), maximumFractionDigits: shown(decimals, unit) };
  if (isCurrency(unit)) {
    Object.assign(options, { style: 'currency', currency: unit, currencyDisplay: 'narrowSymbol' });
  } else if (unit === 'percent') {
    Object.assign(options, { style: 'unit', unit: 'percent' });
  }
  const form = new Intl.NumberFormat(locale, options);
  return values.map((value) => form.format(value).replace('-', '−'));
}

/** Money has cents or none. */
function shown(decimals: number, unit: string): number {
  return decimals > 0 && isCurrency(unit) ? Math.max(2, decimals) : decimals;
}

/** Moves labels apart that would lie on each other: centres at least `apart`, in order, within the limits. */
export function spread(centres: number[], apart: number, least: number, most: number): number[] {
  const order = centres.map((_, index) => index).toSorted((a, b) => (centres[a] ?? 0) - (centres[b] ?? 0));
  const placed = centres.slice();
  let floor = least;
  for (const index of order) {
    placed[index] = Math.max(placed[index] ?? 0, floor);
    floor = (placed[index] ?? 0) + apart;
  }
  let ceiling = most;
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index] ?? 0, ceiling);
    ceiling = (placed[index] ?? 0) - apart;
  }
  return placed;
}
