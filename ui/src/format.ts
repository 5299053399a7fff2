// Amounts come as exact decimal strings and stay strings: `Intl` formats a decimal string without a detour through a
// binary double.

/** The user's language. */
export const here = usable(typeof navigator === 'undefined' ? 'en' : navigator.language);

/** The language if `Intl` takes it. WebKit says `C` where the system names none, and `Intl` throws at that. */
export function usable(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** An amount as it is shown: the number, and the unit where it stands beside the number instead of in it. */
export interface ShownAmount {
  value: string;
  unit: string | null;
}

/** Whether a unit is money: an ISO 4217 code. */
export function isCurrency(unit: string): boolean {
  return /^[A-Z]{3}$/.test(unit);
}

/** Whether a decimal string is below zero. */
export function isNegative(amount: string): boolean {
  return amount.startsWith('-') && /[1-9]/.test(amount);
}

/** The amount without its sign. */
export function magnitude(amount: string): string {
  return amount.replace(/^-/, '');
}

/** Formats an amount in its unit: `$16.55`, `−€3.20`, `250.5` and `credits`, `20%`. */
export function amountParts(amount: string, unit: string, locale = here): ShownAmount {
  const options: Intl.NumberFormatOptions = {};
  if (isTiny(amount)) {
    options.minimumSignificantDigits = 2;
    options.maximumSignificantDigits = 2;
  } else if (!isCurrency(unit)) {
    options.maximumFractionDigits = 2;
  }
  const value = numberIn(amount, unit, options, locale);
  return { value, unit: isCurrency(unit) || unit === 'percent' ? null : counted(amount, unit) };
}

/** The amount's number to its last digit, with the unit only where it stands in it: `$0.00125`, `250.125`, `20%`. */
export function exactValue(amount: string, unit: string, locale = here): string {
  return numberIn(amount, unit, { maximumFractionDigits: 20 }, locale);
}

function numberIn(amount: string, unit: string, options: Intl.NumberFormatOptions, locale: string): string {
  if (isCurrency(unit)) {
    Object.assign(options, { style: 'currency', currency: unit, currencyDisplay: 'narrowSymbol' });
  } else if (unit === 'percent') {
    Object.assign(options, { style: 'unit', unit: 'percent' });
  }
  return new Intl.NumberFormat(locale, options)
    .formatToParts(amount as Intl.StringNumericLiteral)
    .map((part) => (part.type === 'minusSign' ? '−' : part.value))
    .join('');
}

/** Formats an amount in its unit as one text: `250.5 credits`. */
export function formatAmount(amount: string, unit: string, locale = here): string {
  const { value, unit: name } = amountParts(amount, unit, locale);
  return name === null ? value : `${value} ${name}`;
}

/** What stands between a number's groups of digits, and before its decimals. */
export function localeSigns(locale = here): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1_234_567.5);
  const sign = (type: 'group' | 'decimal') => parts.find((part) => part.type === type)?.value;
  return { group: sign('group') ?? ',', decimal: sign('decimal') ?? '.' };
}

/** Not zero, but less than a hundredth: its own digits are shown, so that it does not read as nothing. */
function isTiny(amount: string): boolean {
  return /[1-9]/.test(amount) && /^-?0*(\.00\d*)$/.test(amount);
}

/** `1 credit`, `2 credits`. */
function counted(amount: string, unit: string): string {
  return /^-?1(\.0*)?$/.test(amount) && unit.endsWith('s') ? unit.slice(0, -1) : unit;
}

/** A share in percent: `79%`, `4.5%`, `under 0.1%`. */
export function formatPercent(percent: number, locale = here): string {
  const formatted = (value: number) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: 'percent',
      maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0,
    }).format(value);
  return percent > 0 && percent < 0.1 ? `under ${formatted(0.1)}` : formatted(percent);
}

/** The time of day: `14:02`. */
export function formatTime(at: string, locale = here): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(at));
}

/** A moment as short as it is clear: `14:02` today, `yesterday 14:02`, `18 Nov, 14:02`, with the year when another. */
export function formatMoment(at: string, now: Date, locale = here): string {
  const moment = new Date(at);
  const days = daysBetween(moment, now);
  if (days === 0) return formatTime(at, locale);
  if (days === -1) return `yesterday ${formatTime(at, locale)}`;
  if (days === 1) return `tomorrow ${formatTime(at, locale)}`;
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: moment.getFullYear() === now.getFullYear() ? undefined : 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(moment);
}

/** The end of what began at another moment, with its day also today if it began on another: `today 14:02`. */
export function formatEnd(until: string, from: string, now: Date, locale = here): string {
  const isToday = daysBetween(new Date(until), now) === 0;
  const began = daysBetween(new Date(from), now);
  return `${isToday && began !== 0 ? 'today ' : ''}${formatMoment(until, now, locale)}`;
}

/** A date: `4 Dec`, with the year when another than now. */
export function formatDay(at: string | number | Date, now: Date, locale = here): string {
  const date = new Date(at);
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: date.getFullYear() === now.getFullYear() ? undefined : 'numeric',
  }).format(date);
}

/** A moment in full, to the second. */
export function formatExactTime(at: string, locale = here): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

/** Whole calendar days from one local date to another. */
function daysBetween(moment: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(moment) - midnight(now)) / 86_400_000);
}

const spans = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How far away a moment is: `in 3 days`, `2 minutes ago`, `just now`. */
export function formatDistance(at: string, now: Date): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  for (const [span, length] of spans) {
    if (Math.abs(seconds) >= length) {
      return new Intl.RelativeTimeFormat('en').format(Math.trunc(seconds / length), span);
    }
  }
  return seconds > 0 ? 'in a moment' : 'just now';
}

/** A length of time in whole units: `5 minutes`, `1 hour`, `90 seconds`. */
export function formatDuration(seconds: number): string {
  const [unit, length] = spans.find(([, length]) => seconds >= length && seconds % length === 0) ?? [
    'second',
    1,
  ];
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / length);
}
