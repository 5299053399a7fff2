import { describe, expect, it } from 'vitest';
import { chart, days, gap, iso, june, point } from './chart.sample';
import { momentOf } from './moment';
import { momentInWords } from './moment-words';

const night = gap(june(2, 20), june(3, 8), '1.5');
const some = chart({
  until: iso(june(4)),
  points: [
    point(june(1), june(1, 12), '10'),
    point(june(1, 13), june(2, 20), '9'),
    point(june(3, 8), june(3, 9), '7.5', { after_gap: true }),
    point(june(3, 10), june(3, 12), '7', { first: '7.4', last: '6', low: '5', high: '7.4' }),
  ],
  gaps: [night],
  days: days([1, '1'], [2, '0'], [3, '1.5'], [4, null]),
});

describe('a moment', () => {
  it('holds what was read last', () => {
    expect(momentOf(some, june(1, 6))).toMatchObject({ known: 'amount', amount: '10' });
    expect(momentOf(some, june(1, 12) + 1000)).toMatchObject({ amount: '10', day: { spent: '1' } });
    expect(momentOf(some, june(2, 20))).toMatchObject({ known: 'amount', amount: '9' });
  });

  it('holds several readings where the drawing joins them, and the last at their end', () => {
    expect(momentOf(some, june(3, 11))).toMatchObject({ known: 'between', low: '5', high: '7.4' });
    expect(momentOf(some, june(3, 12))).toMatchObject({ known: 'amount', amount: '6' });
  });

  it('is unknown where nobody looked', () => {
    expect(momentOf(some, june(3, 1))).toEqual({
      known: 'gap',
      from: iso(june(2, 20)),
      until: iso(june(3, 8)),
      spent: '1.5',
    });
    const open = chart({ ...some, gaps: [gap(june(3, 12), june(4), '0')] });
    expect(momentOf(open, june(3, 20))).toMatchObject({ known: 'gap', until: null, spent: null });
  });

  it('lies before the first reading or in the future', () => {
    expect(momentOf(some, june(1) - 1)).toEqual({ known: 'before' });
    expect(momentOf(some, june(4) + 1)).toEqual({ known: 'future' });
    expect(momentOf(chart({}), june(1))).toEqual({ known: 'before' });
  });
});

it('a moment in words never calls the unknown a zero', () => {
  const now = new Date(june(4));
  const words = momentInWords(some, june(3, 1), now);
  expect(words.what).toBe('Unknown');
  expect(words.day).toMatch(/^not read from .+ until .+; \$1\.50 spent meanwhile$/);
  expect(momentInWords(some, june(3, 11), now).what).toBe('$5.00 to $7.40 left');
  expect(momentInWords(some, june(4), now).day).toBe('— spent on Jun 4');
  const one = chart({ points: [point(june(1), june(1), '7')], days: days([1, '0']) });
  expect(momentInWords(one, june(1), now).day).toBe('— spent on Jun 1');
});
