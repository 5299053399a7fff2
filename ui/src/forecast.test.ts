import { describe, expect, it } from 'vitest';
import type { Forecast } from './bindings/Forecast';
import type { ForecastState } from './bindings/ForecastState';
import { forecastInBrief, forecastInWords } from './forecast';

const now = new Date(2026, 10, 21, 12);
const hour = 3_600_000;
const at = (hours: number | null) =>
  hours === null ? null : new Date(now.getTime() + hours * hour).toISOString();

function forecast(state: ForecastState, ...hours: (number | null)[]): Forecast {
  const [early = null, likely = null, late = null] = hours.map(at);
  return { state, per_day: '1', runs_out: hours.length > 0 ? { early, likely, late } : null };
}

const spaced = (text: string | null) => text?.replaceAll('\u00a0', ' ') ?? null;

describe('at a glance', () => {
  const brief = (...args: Parameters<typeof forecast>) => forecastInBrief(forecast(...args), now);

  it('is a time in the unit that fits', () => {
    expect(brief('ok', 0, 0.005, 1)).toBe('less than a minute left');
    expect(brief('ok', 0, 89 / 60, 9)).toBe('about 89 minutes left');
    expect(brief('ok', 10, 26, 40)).toBe('about 26 hours left');
    expect(brief('ok', 90, 6 * 24 + 5, 300)).toBe('about 6 days left');
    expect(brief('ok', 90, 90 * 24, null)).toBe('about 3 months left');
    expect(brief('ok', 90, null, null)).toBe('more than a year left');
  });

  it('holds an allowance against its reset', () => {
    expect(brief('lasts_until_reset')).toBe('lasts until it resets');
    expect(brief('lasts_until_reset', 5, null, null)).toBe('may run out before it resets');
  });

  it('is nothing where nothing can be said, or all was said', () => {
    expect(brief('not_enough_data')).toBeNull();
    expect(brief('unlimited')).toBeNull();
    expect(brief('ok', 0, 0, 0)).toBeNull();
    expect(forecastInBrief(null, now)).toBeNull();
    expect(brief('idle')).toBe('not being spent');
  });
});

describe('in words', () => {
  const words = (given: Forecast, resets: number | null = null) =>
    spaced(forecastInWords(given, at(resets), now));

  it('is the range and its middle', () => {
    expect(words(forecast('ok', 240, 312, 432))).toBe('Runs out between Dec 1 and Dec 9, likely Dec 4');
    expect(words(forecast('ok', 240, 241, 242))).toBe('Runs out on Dec 1');
    expect(words(forecast('ok', 2, 3, 5))).toMatch(/^Runs out between 2:00.PM and 5:00.PM, likely 3:00.PM$/);
  });

  it('keeps a date on one line', () => {
    expect(forecastInWords(forecast('ok', 240, 241, 242), null, now)).toBe('Runs out on Dec\u00a01');
  });

  it('says where the end cannot be told', () => {
    expect(words(forecast('ok', 240, 312, null))).toBe(
      'Likely runs out on Dec 4, not before Dec 1, but may last more than a year',
    );
    expect(words(forecast('ok', 240, 312, null), 400)).toMatch(/but may last until it resets$/);
    expect(words(forecast('ok', 240, null, null))).toBe(
      'Likely lasts more than a year, but may run out from Dec 1 on',
    );
    expect(words(forecast('ok', null, null, null))).toBe('Lasts more than a year');
  });

  it('holds an allowance against its reset', () => {
    expect(words(forecast('lasts_until_reset'), 240)).toBe('Lasts until it resets on Dec 1');
    expect(words(forecast('lasts_until_reset', 200, null, null), 240)).toBe(
      'Likely lasts until it resets on Dec 1, but may run out from Nov 29 on',
    );
  });

  it('is plain where there is nothing to foretell', () => {
    expect(words(forecast('idle'))).toBe('Not being spent');
    expect(words(forecast('not_enough_data'))).toBe('Not enough data yet');
    expect(words(forecast('ok', 0, 0, 0))).toBe('Has run out');
    expect(words(forecast('unlimited'))).toBeNull();
  });
});
