import { expect, it } from 'vitest';
import type { FailureKind } from './bindings/FailureKind';
import type { AccountSnapshot } from './bindings/AccountSnapshot';
import { scenes } from './ipc/scenes';
import { play, asked } from './ipc/simulated';
import { nextSteps, stepLabels, take, type Step } from './steps';
import { failureWords } from './words';

const healthy = scenes.healthy?.().accounts[0] as AccountSnapshot;
const failing = (kind: FailureKind): AccountSnapshot => ({
  ...healthy,
  error: { kind, message: '', since: healthy.checked_at ?? '', retry_at: null },
});

it('gives every kind of trouble a step', () => {
  for (const kind of Object.keys(failureWords) as FailureKind[]) {
    expect(nextSteps(failing(kind), false), kind).not.toEqual([]);
  }
});

it.each<[FailureKind, string]>([
  ['unauthorized', 'Replace key'],
  ['forbidden', 'Replace key'],
  ['rate_limited', 'Retry'],
  ['offline', 'Retry'],
  ['timeout', 'Retry'],
  ['server_error', 'Retry'],
  ['tls', 'Retry'],
  ['keychain', 'Open keychain help'],
  ['needs_confirmation', 'Review'],
  ['unexpected_response', 'Retry'],
  ['definition', 'Open providers'],
])('%s leads to %s', (kind, label) => {
  const [step] = nextSteps(failing(kind), false);
  expect(step && stepLabels[step]).toBe(label);
});

it('offers a top-up where little is left, and only where there is a page for it', () => {
  expect(nextSteps({ ...healthy, level: 'empty' }, false)).toEqual(['top_up']);
  expect(nextSteps({ ...healthy, level: 'empty', top_up_url: null }, false)).toEqual([]);
  expect(nextSteps(healthy, false)).toEqual([]);
});

it('leads to the keys where somebody else may be spending', () => {
  const spending = (unusual: string) => ({
    ...healthy,
    meters: healthy.meters.map((meter) => ({ ...meter, unusual })),
  });
  expect(nextSteps(spending('odd_hours'), false)).toEqual(['check_keys']);
  expect(nextSteps({ ...spending('fast_spend'), level: 'low' }, false)).toEqual(['check_keys', 'top_up']);
  expect(nextSteps({ ...spending('fast_spend'), keys_url: null }, false)).toEqual([]);
  expect(nextSteps(spending('refunds'), false)).toEqual([]);
});

it('leaves retrying to the banner while everything is offline', () => {
  expect(nextSteps(failing('offline'), true)).toEqual([]);
});

it.each<[Step, string, object]>([
  ['replace_key', 'open_window', { window: 'settings', page: 'account/openrouter-personal/key' }],
  ['top_up', 'open_page', { account: 'openrouter-personal', provider: null, page: 'top_up' }],
  ['check_keys', 'open_page', { account: 'openrouter-personal', provider: null, page: 'keys' }],
  ['retry', 'refresh', { account: 'openrouter-personal' }],
  ['keychain_help', 'open_help', { topic: 'keychain' }],
])('%s asks for %s', async (step, name, args) => {
  play('healthy');
  await take(step, healthy);
  expect(asked).toEqual([{ name, args }]);
});
