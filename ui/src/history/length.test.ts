import { expect, it } from 'vitest';
import { formatLength } from './length';

it('a length of time is told in its two largest units', () => {
  expect(formatLength(86_400 * 3 + 3600 * 4 + 120)).toBe('3 days 4 hr');
  expect(formatLength(86_400 + 120)).toBe('1 day');
  expect(formatLength(3600 * 4 + 55 * 60)).toBe('4 hr 55 min');
  expect(formatLength(20)).toBe('1 min');
});
