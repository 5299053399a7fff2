import { expect, it } from 'vitest';
import { occasionWords } from './occasion';

const told = (rule: string, amount: string | null = null) => ({
  rule,
  amount,
  usual: null,
  hours: null,
  unit: 'USD',
});

it.each([
  [told('25%'), 'Credits at 25%'],
  [told('3d'), 'Credits with 3 days left'],
  [told('topped_up', '50'), 'Credits topped up by $50.00'],
  [told('topped_up'), 'Credits topped up'],
  [told('restored'), 'Credits restored'],
  [told('refunds', '0.8'), 'Credits, many refunds in a row'],
  [told('odd_hours', '1.2'), 'Credits, spending at an unusual hour: $1.20'],
  [told('fast_spend'), 'Credits, spending fast'],
  [
    { ...told('fast_spend', '12.4'), usual: '3.1', hours: 1 },
    'Credits, spending fast: $12.40 in 1 hour, at most $3.10 before',
  ],
  [
    { ...told('fast_spend', '12.4'), usual: '3.1', hours: 0.5 },
    'Credits, spending fast: $12.40 in 30 minutes, at most $3.10 before',
  ],
])('%o reads in words', (alert, words) => expect(occasionWords('Credits', alert)).toBe(words));
