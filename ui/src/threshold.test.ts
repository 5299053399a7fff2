import { describe, expect, it } from 'vitest';
import type { Forecast } from './bindings/Forecast';
import type { MeterSnapshot } from './bindings/MeterSnapshot';
import { firesAt, firesFirstWords, readThreshold, thresholdWords, typedThreshold } from './threshold';

it.each([
  ['25%', '25%'],
  [' 12.50 % ', '12.50%'],
  ['20', '20'],
  ['0.50', '0.50'],
  ['1,500', '1500'],
  ['12,345,678.90', '12345678.90'],
  ['1,00,000', '100000'],
  ['3 days', '3d'],
  ['1 Day', '1d'],
  ['2.5d', '2.5d'],
  ['Empty', 'empty'],
])('%s is a threshold', (text, stored) => expect(readThreshold(text)).toBe(stored));

it.each([
  ['$150', 'USD', '150'],
  ['$1,500.00', 'USD', '1500.00'],
  ['150 USD', 'USD', '150'],
  ['usd 150', 'USD', '150'],
  ['25 %', 'USD', '25%'],
  ['150 credits', 'credits', '150'],
  ['1 credit', 'credits', '1'],
  ['2,000 prototype credits', 'prototype credits', '2000'],
])('%s is a threshold of a meter in %s', (text, unit, stored) =>
  expect(readThreshold(text, unit)).toBe(stored),
);

it.each([
  ['150 EUR', 'USD'],
  ['$150', 'credits'],
  ['$', 'USD'],
  ['-$5', 'USD'],
])('%s is none of a meter in %s', (text, unit) => expect(readThreshold(text, unit)).toBeNull());

it.each(['', 'days', '0 days', '401d', '0%', '101%', '-5', '0', 'ten', '5 USD', '1,5', '0,500', '15,00'])(
  '%s is none',
  (text) => expect(readThreshold(text)).toBeNull(),
);

it('is typed as it is stored where decimals stand behind a point', () => {
  expect(typedThreshold('12.5%')).toBe('12.5%');
  expect(typedThreshold('3d')).toBe('3 days');
});

it('reads in words', () => {
  expect(thresholdWords('25%', 'USD')).toBe('at 25%');
  expect(thresholdWords('20', 'USD')).toBe('at $20.00');
  expect(thresholdWords('empty', 'USD')).toBe('empty');
  expect(thresholdWords('1d', 'USD')).toBe('with 1 day left');
});

it('fires when the pace brings it there', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  const at = (day: number) => new Date(now.getTime() + day * 86_400_000);
  const likely = at(10).toISOString();
  const forecast: Forecast = {
    state: 'ok',
    per_day: '2',
    runs_out: { early: likely, likely, late: likely },
  };
  const meter = { remaining: '20', full: '40', forecast };
  expect(firesAt('25%', meter, now)).toEqual(at(5));
  expect(firesAt('5', meter, now)).toEqual(at(7.5));
  expect(firesAt('3d', meter, now)).toEqual(at(7));
  expect(firesAt('empty', meter, now)).toEqual(at(10));
  expect(firesAt('50%', meter, now)).toBe('crossed');
  expect(firesAt('11d', meter, now)).toBe('crossed');
  expect(firesAt('25%', { ...meter, full: null }, now)).toBeNull();
  expect(firesAt('25%', { ...meter, forecast: { ...forecast, state: 'idle' } }, now)).toBeNull();
});

describe('for several meters', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  const lasting = (account: string, remaining: string, days: number | null) => {
    const likely = days === null ? null : new Date(now.getTime() + days * 86_400_000).toISOString();
    const forecast = likely && {
      state: 'ok',
      per_day: '1',
      runs_out: { early: likely, likely, late: likely },
    };
    return { account, meter: { remaining, full: '100', forecast } as MeterSnapshot };
  };

  it('a rule fires where the pace brings it first', () => {
    const meters = [lasting('A', '50', 40), lasting('B', '50', 4), lasting('C', '50', null)];
    expect(firesFirstWords('25%', meters, now)).toMatch(/^At today’s pace this fires first for B: Nov 23, /);
  });

  it('says who is past it, and who is next', () => {
    const meters = [lasting('A', '10', null), lasting('B', '50', 4)];
    expect(firesFirstWords('25%', meters, now)).toMatch(
      /^Crossed already by A. At today’s pace this fires next for B: /,
    );
    expect(firesFirstWords('60%', meters, now)).toBe('Crossed already by 2 accounts');
  });

  it('counts an account with several meters once', () => {
    const meters = [lasting('A', '10', null), lasting('A', '20', null)];
    expect(firesFirstWords('25%', meters, now)).toBe('Crossed already by A');
  });

  it('says nothing where nobody can tell', () => {
    expect(firesFirstWords('25%', [lasting('A', '50', null)], now)).toBeNull();
    expect(firesFirstWords('25%', [], now)).toBeNull();
  });
});
