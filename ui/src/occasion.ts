// What alerts are about besides thresholds.

import type { Alert } from './bindings/Alert';
import { formatAmount, formatDuration } from './format';
import { thresholdWords } from './threshold';

/** Whether it is good news, which is over as soon as it is told. */
export function isGoodNews(occasion: string): boolean {
  return occasion === 'topped_up' || occasion === 'restored';
}

/** Whether somebody else may be spending. */
export function mayBeLeak(occasion: string): boolean {
  return occasion === 'fast_spend' || occasion === 'odd_hours';
}

/** What happened to a meter: `Credits at 25%`, `Credits topped up by $50.00`, `Credits, many refunds in a row`. */
export function occasionWords(
  subject: string,
  { rule, amount, usual, hours, unit }: Pick<Alert, 'rule' | 'amount' | 'usual' | 'hours' | 'unit'>,
): string {
  const shown = amount === null ? null : formatAmount(amount, unit);
  switch (rule) {
    case 'fast_spend': {
      if (shown === null) return `${subject}, spending fast`;
      const span = hours === null ? '' : ` in ${formatDuration(hours * 3600)}`;
      const most = usual === null ? '' : `, at most ${formatAmount(usual, unit)} before`;
      return `${subject}, spending fast: ${shown}${span}${most}`;
    }
    case 'odd_hours':
      return `${subject}, spending at an unusual hour${shown === null ? '' : `: ${shown}`}`;
    case 'refunds':
      return `${subject}, many refunds in a row`;
    case 'topped_up':
      return `${subject} topped up${shown === null ? '' : ` by ${shown}`}`;
    case 'restored':
      return `${subject} restored`;
    default:
      return `${subject} ${thresholdWords(rule, unit)}`;
  }
}

/** What is unusual about a meter now, and what that may mean. */
export function unusualWords(occasion: string): { what: string; meaning: string | null } {
  const leak = 'Not yours? Someone else may have the key.';
  switch (occasion) {
    case 'fast_spend':
      return { what: 'Unusual spend: faster than ever before here', meaning: leak };
    case 'odd_hours':
      return { what: 'Unusual spend: at an unusual hour', meaning: leak };
    case 'refunds':
      return { what: 'Many refunds in a row', meaning: 'Its requests may be failing.' };
    default:
      return { what: 'Unusual spend', meaning: null };
  }
}
