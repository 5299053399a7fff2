import { expect, it } from 'vitest';
import { point } from '../history/chart.sample';
import { sparkline } from './sparkline';

const frame = { width: 100, height: 10, from: 0, until: 1000 };

it('is steps from what was left to what was left then', () => {
  expect(sparkline([point(0, 400, '10'), point(500, 1000, '5')], frame)).toBe('M0 0H40H50V10H100');
});

it('draws nothing where nobody looked, and a lonely reading as a dot', () => {
  const points = [point(0, 400, '10'), point(800, 800, '5', { after_gap: true })];
  expect(sparkline(points, frame)).toBe('M0 0H40M80 10H80');
});

it('is a line in the middle where nothing moved', () => {
  expect(sparkline([point(0, 1000, '7')], frame)).toBe('M0 5H100');
});
