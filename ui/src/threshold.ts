import { formatAmount } from './format';

export const thresholdHelp = 'Write a percentage such as 25%, an amount above zero such as 20, or empty.';

/** Brings a threshold into its stored form: `25%`, `20` or `empty`; null when it is none. */
export function readThreshold(text: string): string | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === 'empty') return 'empty';
  const [, number, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(wanted) ?? [];
  if (number === undefined || !/[1-9]/.test(number)) return null;
  if (percent === '%' && Number(number) > 100) return null;
  return `${number}${percent}`;
}

/** A threshold in words: `at 25%`, `at $20.00`, `empty`. */
export function thresholdWords(threshold: string, unit: string): string {
  if (threshold === 'empty') return 'empty';
  return `at ${threshold.endsWith('%') ? threshold : formatAmount(threshold, unit)}`;
}
