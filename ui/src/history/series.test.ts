import { expect, it } from 'vitest';
import type { SeriesInfo } from '../bindings/SeriesInfo';
import { scenes } from '../ipc/scenes';
import { comparable, nameOf, recorded } from './series';

const accounts = scenes.mixed?.().accounts ?? [];
const info = (account: string, meter: string, unit: string): SeriesInfo => ({
  account,
  meter,
  unit,
  since: '2026-01-01T00:00:00Z',
  until: '2026-06-01T00:00:00Z',
});
const histories = [
  info('openrouter-personal', 'key', 'USD'),
  info('openrouter-personal', 'credits', 'credits'),
  info('openrouter-personal', 'credits', 'USD'),
  info('babysea-production', 'credits', 'USD'),
  info('laptop', 'credits', 'USD'),
];
const all = recorded(accounts, histories);

it('accounts are named as elsewhere, and those that are gone by their id', () => {
  expect(all.map(({ title }) => title)).toContain('OpenRouter · Personal');
  expect(all.at(-1)).toMatchObject({ account: 'laptop', title: 'laptop (removed or imported)' });
});

it('an account that was never read is there without series', () => {
  expect(all.find(({ account }) => account === 'predev-work')?.series).toEqual([]);
});

it('the meter that stands for the account comes first, and one label of two units is told apart', () => {
  const personal = all.find(({ account }) => account === 'openrouter-personal')?.series ?? [];
  expect(personal.map(({ label }) => label)).toEqual(['Credits, USD', 'This key', 'Credits, credits']);
  expect(new Set(personal.map(nameOf)).size).toBe(3);
});

it('compares what is left in one unit only', () => {
  const [credits] = all.find(({ account }) => account === 'openrouter-personal')?.series ?? [];
  if (!credits) throw new Error('no series');
  expect(comparable(all, credits, accounts).map(({ name }) => name)).toEqual([
    'BabySea · Production',
    'laptop',
  ]);
});
