// For how long alerts are put off.

import { formatMoment } from './format';

/** What is offered; `hours` is null where only a top-up ends it. */
export const snoozes: { hours: number | null; label: string; done: string }[] = [
  { hours: 1, label: '1 hour', done: 'Alerts snoozed for 1 hour' },
  { hours: 24, label: '1 day', done: 'Alerts snoozed for 1 day' },
  { hours: 7 * 24, label: '1 week', done: 'Alerts snoozed for 1 week' },
  { hours: null, label: 'Until topped up', done: 'Alerts snoozed until topped up' },
];

/** How long a snooze lasts: `until 14:02`, `until topped up`. */
export function untilWords(until: string, now: Date): string {
  // A moment that nobody lives to see stands for none.
  return new Date(until).getUTCFullYear() >= 9000 ? 'until topped up' : `until ${formatMoment(until, now)}`;
}
