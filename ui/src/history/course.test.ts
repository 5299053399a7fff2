import { describe, expect, it } from 'vitest';
import { bounds, courseOf, isReduced, lonely, valueRange } from './course';
import { chart, june, point } from './chart.sample';

const [one, two, three] = [june(1), june(2), june(3)];

describe('the line', () => {
  it('has a corner where a reading begins and where it ends, at times that only rise', () => {
    const course = courseOf([point(one, two, '10'), point(three, three, '8')]);
    expect(course.times).toEqual([one, two, three]);
    expect(course.values).toEqual([10, 10, 8]);
  });

  it('breaks where nobody looked', () => {
    const course = courseOf([point(one, one, '10'), point(three, three, '8', { after_gap: true })]);
    expect(course.times).toEqual([one, two, three]);
    expect(course.values).toEqual([10, null, 8]);
  });

  it('keeps the extremes of several readings on one spot', () => {
    const points = [point(one, two, '5', { first: '4', last: '6', low: '1', high: '9' })];
    expect(courseOf(points)).toEqual({ times: [one, two], values: [4, 6], lows: [1, 1], highs: [9, 9] });
    expect(isReduced(points)).toBe(true);
  });
});

describe('a lonely reading', () => {
  it('has a gap on both sides', () => {
    expect(lonely([1, null, 2, null, 3, 3])).toEqual([0, 2]);
    expect(lonely([1])).toEqual([0]);
  });

  it('is not made so by the corners of another line', () => {
    expect(lonely([1, undefined, 2])).toEqual([]);
    expect(lonely([1, undefined, null, undefined, 2, undefined])).toEqual([0, 4]);
  });
});

describe('the value axis', () => {
  it('holds everything, a debt too', () => {
    const debt = chart({ points: [point(one, two, '10', { low: '-3' })] });
    expect(bounds([debt], [0, 12])).toEqual([-3, 12]);
    const [low, high] = valueRange([-3, 12]);
    expect(low).toBeLessThan(-3);
    expect(high).toBeGreaterThan(12);
  });

  it('stands on zero where it begins there, and is never without height', () => {
    expect(valueRange([0, 10])[0]).toBe(0);
    for (const level of [0, 5, -5]) {
      const [low, high] = valueRange([level, level]);
      expect(high).toBeGreaterThan(low);
    }
    expect(bounds([], [])).toEqual([0, 0]);
  });
});
