import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { afterEach, expect, it } from 'vitest';
import { problemOf } from '../ipc';
import { tauri } from './tauri';

afterEach(clearMocks);

it('asks the Rust side by name, with its arguments', async () => {
  const asked: unknown[] = [];
  mockIPC((name, args) => void asked.push([name, args]));
  await tauri.invoke('snooze', { account: 'openrouter', meter: 'credits', hours: 24 });
  expect(asked).toEqual([['snooze', { account: 'openrouter', meter: 'credits', hours: 24 }]]);
});

it('tells a problem by kind and message, whatever was thrown', () => {
  const problem = (kind: string, message: string) => ({ kind, message });
  expect(problemOf(problem('keychain', 'it is locked'))).toEqual(problem('keychain', 'It is locked.'));
  expect(problemOf(new TypeError('x is no function'))).toEqual(problem('internal', 'X is no function.'));
  expect(problemOf('refresh not allowed')).toEqual(problem('internal', 'Refresh not allowed.'));
});
