import { expect, it } from 'vitest';
import { untilWords } from './snooze';

it('says until when, unless only a top-up ends it', () => {
  const now = new Date(2026, 10, 21, 10);
  expect(untilWords(new Date(2026, 10, 21, 14, 2).toISOString(), now)).toMatch(/^until 2:02\sPM$/);
  expect(untilWords('9999-12-31T23:59:59Z', now)).toBe('until topped up');
  expect(untilWords('9000-01-01T00:00:00Z', now)).toBe('until topped up');
});
