import type { AccountSnapshot } from './bindings/AccountSnapshot';
import type { FailureKind } from './bindings/FailureKind';
import type { Level } from './bindings/Level';
import type { MeterSnapshot } from './bindings/MeterSnapshot';
import type { Severity } from './bindings/Severity';
import { forecastInBrief } from './forecast';
import { formatMoment, formatPercent, isNegative } from './format';

export const levelWords: Record<Level, string> = {
  ok: 'OK',
  low: 'Low',
  critical: 'Critical',
  empty: 'Empty',
  unlimited: 'Unlimited',
  unknown: 'Unknown',
};

export const failureWords: Record<FailureKind, string> = {
  offline: 'No connection',
  timeout: 'No answer in time',
  tls: 'No secure connection',
  unauthorized: 'Key rejected',
  forbidden: 'Key lacks permission',
  blocked: 'Request blocked',
  rate_limited: 'Asked too often',
  not_found: 'Not found',
  server_error: 'Provider is failing',
  unexpected_response: 'Answer not understood',
  provider_error: 'Provider reports an error',
  keychain: 'Keychain unavailable',
  needs_confirmation: 'New address to confirm',
  definition: 'Definition is wrong',
};

export const severityWords: Record<Severity, string> = {
  info: 'Note',
  warning: 'Low',
  critical: 'Critical',
  empty: 'Empty',
};

/** A message of the Rust side, which begins and ends like part of a sentence, as a sentence. */
export function sentence(message: string): string {
  const text = capitalised(message);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** The text with a capital, unless it begins with a name such as `pre.dev`. */
export function capitalised(text: string): string {
  return text.replace(/^[a-z](?=[a-z]*(?:[\s,:;]|$))/, (letter) => letter.toUpperCase());
}

/** From worst to best. Unknown may hide anything, but never drowns a known warning. */
const worstFirst: Level[] = ['empty', 'critical', 'low', 'unknown', 'ok', 'unlimited'];

/** The account as a person tells it from others: `OpenRouter · Personal`. */
export function accountTitle(account: { provider_name: string; label: string }): string {
  const { provider_name: provider, label } = account;
  return label === provider || label === '' ? provider : `${provider} · ${label}`;
}

/**
 * The accounts as the tray and the command line order them: the worst first, among equals the one with the least share
 * left of any meter, then in the user's order. Paused ones come last.
 */
export function sortWorstFirst(accounts: AccountSnapshot[]): AccountSnapshot[] {
  const rank = ({ paused, level }: AccountSnapshot) =>
    paused ? worstFirst.length : worstFirst.indexOf(level);
  // Not `Infinity`, of which two have no difference.
  const leastLeft = ({ meters }: AccountSnapshot) =>
    Math.min(Number.MAX_VALUE, ...meters.map(({ percent_left }) => percent_left ?? Number.MAX_VALUE));
  return accounts.toSorted((a, b) => rank(a) - rank(b) || leastLeft(a) - leastLeft(b));
}

/** The meter that stands for the account: the worst that says what is left, else one that says what was spent. */
export function headlineMeter(account: AccountSnapshot): MeterSnapshot | undefined {
  const rank = (meter: MeterSnapshot) =>
    meter.remaining !== null
      ? worstFirst.indexOf(meter.level)
      : isSpend(meter)
        ? 10
        : meter.unlimited
          ? 20
          : 30;
  return account.meters.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** Whether a meter only tells what was spent, since no budget says what would be left. */
export function isSpend(meter: MeterSnapshot): boolean {
  return meter.kind === 'spend' && meter.remaining === null && meter.used !== null;
}

/** What is unusual about an account's meters, each once. */
export function unusualOccasions({ meters }: AccountSnapshot): string[] {
  return [...new Set(meters.flatMap(({ unusual }) => (unusual === null ? [] : [unusual])))];
}

/** How a meter stands, in words: `Low`, `In debt`, `No budget set`. */
export function meterWord(meter: MeterSnapshot): string {
  if (meter.remaining !== null && isNegative(meter.remaining)) return 'In debt';
  if (isSpend(meter)) return 'No budget set';
  return levelWords[meter.level];
}

/** Why an account has no amount to show. */
export function whyUnknown(account: AccountSnapshot): string {
  if (account.error) return failureWords[account.error.kind];
  if (account.paused) return 'Paused before it was read';
  if (account.freshness === 'never') return account.checking ? 'Reading the balance' : 'Not read yet';
  return 'The provider did not say';
}

/**
 * The account's state in a few words, the most important first: `Low`, `about 6 days left`, `as of 14:02`. How much is
 * left stands in for how long that lasts while nobody can tell. While everything is offline, one banner says so and not
 * every account.
 */
export function stateWords(account: AccountSnapshot, everythingOffline: boolean, now: Date): string[] {
  const meter = headlineMeter(account);
  const words: string[] = [];
  const failure = everythingOffline && account.error?.kind === 'offline' ? null : account.error;
  if (account.paused) words.push('Paused');
  else if (failure) words.push(failureWords[failure.kind]);
  const warns = ['low', 'critical', 'empty'].includes(account.level);
  if (meter && !account.paused && (!failure || warns)) {
    words.push(meterWord(meter));
    const isFresh = account.freshness === 'fresh' && !account.error;
    const lasts = isFresh ? forecastInBrief(meter.forecast, now) : null;
    if (lasts !== null) {
      words.push(lasts);
    } else if (meter.percent_left !== null && meter.percent_left > 0) {
      words.push(`${formatPercent(meter.percent_left)} left`);
    }
  }
  if (!meter && words.length === 0) words.push(whyUnknown(account));
  if (account.checked_at === null) {
    if (failure) words.push('never read');
  } else if (account.freshness !== 'fresh' || account.error || account.paused) {
    words.push(`as of ${formatMoment(account.checked_at, now)}`);
  }
  return words;
}
