import type { MeterSnapshot } from './bindings/MeterSnapshot';
import { amountParts, formatAmount, formatMoment, localeSigns } from './format';

const day = 86_400_000;

/** No forecast reaches further. */
const mostDays = 400;

/** What may be typed as a threshold; amounts in the meter's unit where all rules are about one meter. */
export function thresholdHelp(unit?: string): string {
  const amount = unit === undefined ? '20, in the unit of each meter' : formatAmount('20', unit);
  return `a percentage such as 25%, an amount above zero such as ${amount}, a time until it runs out such as 3 days, or “empty”`;
}

/**
 * Brings a threshold into its stored form: `25%`, `20`, `3d` or `empty`; null when it is none. Amounts may be typed as they
 * are shown: with separators, and in the meter's unit where that is given.
 */
export function readThreshold(text: string, unit?: string): string | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === 'empty') return 'empty';
  const [, days] = /^(.*\d)\s*(?:d|days?)$/.exec(wanted) ?? [];
  if (days !== undefined) {
    const number = readNumber(days);
    return number === null || !/[1-9]/.test(number) || Number(number) > mostDays ? null : `${number}d`;
  }
  const [, share] = /^(.*)%$/.exec(wanted) ?? [];
  const number = readNumber(share ?? (unit === undefined ? wanted : withoutUnit(wanted, unit)));
  if (number === null || !/[1-9]/.test(number)) return null;
  if (share === undefined) return number;
  return Number(number) > 100 ? null : `${number}%`;
}

/** A stored threshold as it is typed here. */
export function typedThreshold(threshold: string): string {
  const typed = threshold.replace('.', localeSigns().decimal);
  return typed.endsWith('d') ? daysWords(typed) : typed;
}

/** A threshold in words: `at 25%`, `at $20.00`, `with 3 days left`, `empty`. */
export function thresholdWords(threshold: string, unit: string): string {
  if (threshold === 'empty') return 'empty';
  if (threshold.endsWith('d')) return `with ${daysWords(threshold)} left`;
  return `at ${threshold.endsWith('%') ? threshold : formatAmount(threshold, unit)}`;
}

function daysWords(threshold: string): string {
  const count = threshold.slice(0, -1);
  return `${count} ${count === '1' ? 'day' : 'days'}`;
}

/** The text without the unit's name or symbol before or behind it. */
function withoutUnit(text: string, unit: string): string {
  const symbol = amountParts('0', unit).value.replace(/[\d\s.,]/g, '');
  const names = [unit, unit.replace(/s$/, ''), symbol].map((name) => name.toLowerCase());
  for (const name of names.filter((name) => name !== '')) {
    if (text.startsWith(name)) return text.slice(name.length);
    if (text.endsWith(name)) return text.slice(0, -name.length);
  }
  return text;
}

/** A plain decimal number from one that may have the separators of the user's language; null when it is none. */
function readNumber(text: string): string | null {
  const { group, decimal } = localeSigns();
  const sign = (sign: string) => (/\s/.test(sign) ? '\\s' : `\\${sign}`);
  const grouped = new RegExp(
    `^([1-9]\\d{0,2}(?:${sign(group)}\\d{2,3})*${sign(group)}\\d{3})(?:${sign(decimal)}(\\d+))?$`,
  );
  const plain = new RegExp(`^(\\d+)(?:[.${sign(decimal)}](\\d+))?$`);
  const [, whole, fraction] = grouped.exec(text.trim()) ?? plain.exec(text.trim()) ?? [];
  if (whole === undefined) return null;
  return whole.replace(/\D/g, '') + (fraction === undefined ? '' : `.${fraction}`);
}

/**
 * When a rule fires at today's pace: a time, `crossed` where it is crossed already, or null where nobody can tell or it
 * never comes to that.
 */
export function firesAt(
  threshold: string,
  { remaining, full, forecast }: Pick<MeterSnapshot, 'remaining' | 'full' | 'forecast'>,
  now: Date,
): Date | 'crossed' | null {
  const likely = forecast?.state === 'ok' ? (forecast.runs_out?.likely ?? null) : null;
  if (threshold.endsWith('d')) {
    if (likely === null) return null;
    const at = Date.parse(likely) - Number(threshold.slice(0, -1)) * day;
    return at <= now.getTime() ? 'crossed' : new Date(at);
  }
  const amount =
    threshold === 'empty'
      ? 0
      : threshold.endsWith('%')
        ? full === null
          ? null
          : (Number(full) * Number(threshold.slice(0, -1))) / 100
        : Number(threshold);
  if (remaining === null || amount === null) return null;
  const left = Number(remaining);
  if (left <= amount) return 'crossed';
  if (likely === null) return null;
  // The share of the way to empty that lies above the threshold.
  const share = (left - amount) / left;
  return new Date(now.getTime() + Math.max(0, Date.parse(likely) - now.getTime()) * share);
}

/** When a rule fires for a meter, in words; null where that cannot be told. */
export function firesWords(threshold: string, meter: MeterSnapshot, now: Date): string | null {
  const fires = firesAt(threshold, meter, now);
  if (fires === null) return null;
  return fires === 'crossed'
    ? 'Crossed already'
    : `At today’s pace this fires ${formatMoment(fires.toISOString(), now)}`;
}

/** A meter, and the account as a person tells it from others. */
export interface Ruled {
  account: string;
  meter: MeterSnapshot;
}

/** For which of several meters a rule fires first, in words, and who is past it; null where nobody can tell. */
export function firesFirstWords(threshold: string, meters: Ruled[], now: Date): string | null {
  const fires = meters.map(({ account, meter }) => ({ account, at: firesAt(threshold, meter, now) }));
  const crossed = [...new Set(fires.filter(({ at }) => at === 'crossed').map(({ account }) => account))];
  const [first] = fires
    .flatMap(({ account, at }) => (at instanceof Date ? [{ account, at }] : []))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const words: string[] = [];
  if (crossed.length > 0) {
    words.push(`Crossed already by ${crossed.length === 1 ? crossed[0] : `${crossed.length} accounts`}`);
  }
  if (first) {
    const order = crossed.length > 0 ? 'next' : 'first';
    const moment = formatMoment(first.at.toISOString(), now);
    words.push(`At today’s pace this fires ${order} for ${first.account}: ${moment}`);
  }
  return words.length > 0 ? words.join('. ') : null;
}
