import { describe, expect, it } from 'vitest';
import { amountLabels, amountSteps, spread, timeLabels } from './axis';

const hour = 3_600_000;
const day = 24 * hour;

describe('marks of time', () => {
  it('name the larger unit once, where it begins', () => {
    const at = (date: number, hours: number) => new Date(2026, 5, date, hours).getTime();
    expect(timeLabels([at(1, 12), at(1, 18), at(2, 0), at(2, 6)], 6 * hour, 'en-GB')).toEqual([
      '12:00\n1 Jun',
      '18:00',
      '00:00\n2 Jun',
      '06:00',
    ]);
    const month = (year: number, month: number) => new Date(year, month).getTime();
    expect(timeLabels([month(2025, 10), month(2026, 0), month(2026, 2)], 59 * day, 'en-GB')).toEqual([
      'Nov\n2025',
      'Jan\n2026',
      'Mar',
    ]);
    expect(timeLabels([month(2025, 0), month(2026, 0)], 365 * day, 'en-GB')).toEqual(['2025', '2026']);
  });
});

describe('marks of amounts', () => {
  it('have as many decimals as tell them apart', () => {
    expect(amountLabels([0, 20, 40], 20, 'USD', 'en')).toEqual(['$0', '$20', '$40']);
    expect(amountLabels([0, 0.5, 1], 0.5, 'USD', 'en')).toEqual(['$0.00', '$0.50', '$1.00']);
    expect(amountLabels([0, 0.0002], 0.0002, 'USD', 'en')).toEqual(['$0.0000', '$0.0002']);
    expect(amountLabels([-0.5, 0], 0.5, 'credits', 'en')).toEqual(['−0.5', '0.0']);
  });

  it('are what they stand at, whatever the step', () => {
    for (const step of amountSteps.filter((step) => step < 20_000)) {
      const marks = [0, 1, 2, 3, 4, 5].map((count) => count * step);
      const read = (unit: string) =>
        amountLabels(marks, step, unit, 'en').map((label) => Number(label.replace(/[$,]/g, '')));
      const exact = marks.map((mark) => Number(mark.toPrecision(12)));
      expect(read('USD')).toEqual(exact);
      expect(read('credits')).toEqual(exact);
    }
  });

  it('are short when large, and still differ', () => {
    expect(amountLabels([0, 500_000_000], 500_000_000, 'tokens', 'en')).toEqual(['0', '500M']);
    const near = amountLabels([1_234_500_000, 1_234_600_000], 100_000, 'tokens', 'en');
    expect(near).toEqual(['1.2345B', '1.2346B']);
  });
});

describe('labels that would lie on each other', () => {
  it('move apart and stay in order', () => {
    expect(spread([100, 102, 50], 10, 0, 200)).toEqual([100, 110, 50]);
  });

  it('stay within the limits', () => {
    expect(spread([98, 99], 10, 0, 100)).toEqual([90, 100]);
    expect(spread([-5], 10, 0, 100)).toEqual([0]);
  });
});
