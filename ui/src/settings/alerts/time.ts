import type { QuietHours } from '../../bindings/QuietHours';

/** What is wrong with a time of day as it was typed; null when nothing is. Not every web engine has a field for times. */
export function timeError(text: string): string | null {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? null : 'Write a time, such as 22:00.';
}

/** Whether a moment lies in quiet hours, which may go over midnight. */
export function isQuiet(hours: QuietHours | null, now: Date): boolean {
  if (hours === null) return false;
  const time = `${now.getHours()}`.padStart(2, '0') + ':' + `${now.getMinutes()}`.padStart(2, '0');
  const [from, until] = [hours.from <= time, time < hours.until];
  return hours.from < hours.until ? from && until : from || until;
}
