import { expect, it } from 'vitest';
import { readThreshold, thresholdWords } from './threshold';

it.each([
  ['25%', '25%'],
  [' 12.50 % ', '12.50%'],
  ['20', '20'],
  ['0.50', '0.50'],
  ['Empty', 'empty'],
])('%s is a threshold', (text, stored) => expect(readThreshold(text)).toBe(stored));

it.each(['', '0%', '101%', '-5', '0', 'ten', '5 USD', '1,5'])('%s is none', (text) =>
  expect(readThreshold(text)).toBeNull(),
);

it('reads in words', () => {
  expect(thresholdWords('25%', 'USD')).toBe('at 25%');
  expect(thresholdWords('20', 'USD')).toBe('at $20.00');
  expect(thresholdWords('empty', 'USD')).toBe('empty');
});
