import { describe, expect, it } from 'vitest';
import {
  amountParts,
  exactValue,
  formatAmount,
  formatDistance,
  formatDuration,
  formatEnd,
  formatMoment,
  formatPercent,
} from './format';

const shown = (amount: string, unit: string, locale = 'en-US') => formatAmount(amount, unit, locale);

describe('amounts', () => {
  it.each([
    ['16.55', 'USD', '$16.55'],
    ['25', 'USD', '$25.00'],
    ['-3.2', 'EUR', '−€3.20'],
    ['1200', 'JPY', '¥1,200'],
    ['250.5', 'credits', '250.5 credits'],
    ['1234567', 'tokens', '1,234,567 tokens'],
    ['0', 'USD', '$0.00'],
    ['0.00', 'credits', '0 credits'],
    ['1', 'credits', '1 credit'],
    ['1.00', 'credits', '1 credit'],
    ['34.5', 'percent', '34.5%'],
  ])('%s %s reads %s', (amount, unit, text) => expect(shown(amount, unit)).toBe(text));

  it('never shows something as nothing', () => {
    expect(shown('0.00042', 'USD')).toBe('$0.00042');
    expect(shown('-0.004', 'EUR')).toBe('−€0.0040');
    expect(shown('0.000633683', 'credits')).toBe('0.00063 credits');
  });

  it('keeps digits that a binary double would lose', () => {
    expect(shown('98765432109876543.21', 'USD')).toBe('$98,765,432,109,876,543.21');
  });

  it('follows the locale', () => {
    expect(shown('1234.5', 'EUR', 'de-DE')).toBe('1.234,50\u00a0€');
  });

  it('keeps a named unit beside the number', () => {
    expect(amountParts('250.5', 'credits', 'en-US')).toEqual({ value: '250.5', unit: 'credits' });
  });
});

describe('percentages', () => {
  it.each([
    [79.4, '79%'],
    [4.2, '4.2%'],
    [0.04, 'under 0.1%'],
    [0, '0%'],
  ])('%s reads %s', (percent, text) => expect(formatPercent(percent, 'en-US')).toBe(text));
});

it('exact amounts keep every digit', () => {
  expect(exactValue('0.00125', 'USD', 'en')).toBe('$0.00125');
  expect(exactValue('20', 'USD', 'en')).toBe('$20.00');
  expect(exactValue('250.1250', 'credits', 'en')).toBe('250.125');
});

describe('times', () => {
  const now = new Date(2026, 10, 21, 14, 30);
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

  it('are as short as they are clear', () => {
    const moment = (iso: string) => formatMoment(iso, now, 'en-GB');
    expect(moment(at(2026, 10, 21, 14, 2))).toBe('14:02');
    expect(moment(at(2026, 10, 20, 23, 59))).toBe('yesterday 23:59');
    expect(moment(at(2026, 10, 22, 0, 5))).toBe('tomorrow 00:05');
    expect(moment(at(2026, 10, 18, 9, 0))).toMatch(/^18 Nov, 0?9:00$/);
    expect(moment(at(2025, 10, 18, 9, 0))).toContain('2025');
  });

  it('name the day of an end where it is another than that of the beginning', () => {
    const end = (until: string, from: string) => formatEnd(until, from, now, 'en-GB');
    const today = at(2026, 10, 21, 11, 0);
    expect(end(today, at(2026, 10, 19, 13, 0))).toBe('today 11:00');
    expect(end(today, at(2026, 10, 21, 9, 0))).toBe('11:00');
    expect(end(at(2026, 10, 20, 9, 0), at(2026, 10, 19, 13, 0))).toBe('yesterday 09:00');
  });

  it('tell how far away they are', () => {
    const distance = (seconds: number) =>
      formatDistance(new Date(now.getTime() + seconds * 1000).toISOString(), now);
    expect(distance(-20)).toBe('just now');
    expect(distance(-150)).toBe('2 minutes ago');
    expect(distance(3 * 3600 + 60)).toBe('in 3 hours');
    expect(distance(86_400 * 3)).toBe('in 3 days');
    expect(distance(30)).toBe('in a moment');
  });

  it('have lengths in whole units', () => {
    expect(formatDuration(300)).toBe('5 minutes');
    expect(formatDuration(3600)).toBe('1 hour');
    expect(formatDuration(90)).toBe('90 seconds');
  });
});
