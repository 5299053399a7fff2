import { describe, expect, it } from 'vitest';
import { sum } from '../decimal';
import { groupingFor, reachesBeyondItsDay, spendOf } from './bars';
import { chart, days, gap, june } from './chart.sample';

const day = 24 * 3_600_000;

describe('the grouping', () => {
  it('is as fine as can be seen', () => {
    expect(groupingFor(30 * day, 800)).toBe('day');
    expect(groupingFor(365 * day, 800)).toBe('week');
    expect(groupingFor(3650 * day, 800)).toBe('month');
  });
});

describe('the bars', () => {
  // 1 June 2026 is a Monday.
  const month = chart({ days: days([1, '0.1'], [2, '0.2'], [3, null], [8, '-0.05'], [9, null]) });

  it('are exact sums', () => {
    expect(spendOf(month, 'week').bars).toEqual([
      { from: june(1), until: june(8), spent: '0.3' },
      { from: june(8), until: june(15), spent: '-0.05' },
    ]);
    expect(spendOf(month, 'month').bars.map(({ spent }) => spent)).toEqual(['0.25']);
  });

  it('are unknown and not nothing where nobody looked', () => {
    expect(spendOf(month, 'day').bars[2]).toEqual({ from: june(3), until: june(4), spent: null });
  });
});

describe('what was spent while nobody looked', () => {
  const night = gap(june(2, 20), june(3, 8), '1.5');
  const week = gap(june(6), june(10), '8');
  const lunch = gap(june(2, 11), june(2, 14), '0.5');
  const some = chart({ days: days([2, '2.5'], [3, '4'], [10, '1']), gaps: [lunch, night, week] });

  it('belongs to no day unless the gap lies within it', () => {
    expect([lunch, night].map(reachesBeyondItsDay)).toEqual([false, true]);
    const { bars, across } = spendOf(some, 'day');
    expect(bars.map(({ spent }) => spent)).toEqual(['2.5', '4', '1']);
    expect(across.map(({ spent }) => spent)).toEqual(['1.5', '8']);
  });

  it('is as high as a day of it on average, and no higher than all of it', () => {
    expect(spendOf(some, 'day').across.map(({ height }) => height)).toEqual([1.5, 2]);
  });

  it('belongs to the week or month that the gap lies within', () => {
    const { bars, across } = spendOf(some, 'week');
    expect(bars.map(({ spent }) => spent)).toEqual(['8', '1']);
    expect(across.map(({ spent }) => spent)).toEqual(['8']);
    expect(spendOf(some, 'month').across).toEqual([]);
  });

  it('is never lost, however it is grouped', () => {
    for (const grouping of ['day', 'week', 'month'] as const) {
      const { bars, across } = spendOf(some, grouping);
      expect(sum([...bars, ...across].map(({ spent }) => spent ?? '0'))).toBe('17');
    }
  });
});
