import { expect, it } from 'vitest';
import { readThreshold, thresholdWords, typedThreshold } from './threshold';

it.each([
  ['25%', '25%'],
  [' 12.50 % ', '12.50%'],
  ['20', '20'],
  ['0.50', '0.50'],
  ['1,500', '1500'],
  ['12,345,678.90', '12345678.90'],
  ['1,00,000', '100000'],
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

it.each(['', '0%', '101%', '-5', '0', 'ten', '5 USD', '1,5', '0,500', '15,00'])('%s is none', (text) =>
  expect(readThreshold(text)).toBeNull(),
);

it('is typed as it is stored where decimals stand behind a point', () => {
  expect(typedThreshold('12.5%')).toBe('12.5%');
});

it('reads in words', () => {
  expect(thresholdWords('25%', 'USD')).toBe('at 25%');
  expect(thresholdWords('20', 'USD')).toBe('at $20.00');
  expect(thresholdWords('empty', 'USD')).toBe('empty');
});
