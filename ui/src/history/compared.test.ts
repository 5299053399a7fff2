import { expect, it } from 'vitest';
import { chart, june, point } from './chart.sample';
import { lineOf, mostLines, totals } from './compared';

const some = (left: string, spent: string) =>
  chart({ spent, topped_up: '5', points: [point(june(1), june(2), left)] });

it('totals are exact', () => {
  expect(totals([some('0.1', '1'), some('0.2', '2')])).toEqual({ spent: '3', topped_up: '10', left: '0.3' });
});

it('there is no total where one is not known', () => {
  expect(totals([some('0.1', '1'), chart({})])).toEqual({ spent: null, topped_up: null, left: null });
  const one = chart({ points: [point(june(1), june(1), '0.2')] });
  expect(totals([some('0.1', '1'), one])).toEqual({ spent: null, topped_up: null, left: '0.3' });
});

it('no two lines have the same dashes', () => {
  const dashes = Array.from({ length: mostLines }, (_, index) => lineOf(index).dash.join());
  expect(new Set(dashes).size).toBe(mostLines);
});
