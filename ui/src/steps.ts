import type { AccountSnapshot } from './bindings/AccountSnapshot';
import type { FailureKind } from './bindings/FailureKind';
import { call } from './ipc';
import { mayBeLeak } from './occasion';

/** What a person can do about an account's trouble. */
export type Step =
  | 'top_up'
  | 'replace_key'
  | 'retry'
  | 'keychain_help'
  | 'review'
  | 'provider_docs'
  | 'open_providers'
  | 'check_keys'
  | 'resume';

export const stepLabels: Record<Step, string> = {
  top_up: 'Top up',
  replace_key: 'Replace key',
  retry: 'Retry',
  keychain_help: 'Open keychain help',
  review: 'Review',
  provider_docs: 'Provider docs',
  open_providers: 'Open providers',
  check_keys: 'Check keys',
  resume: 'Resume',
};

const stepsOfFailure: Record<FailureKind, Step[]> = {
  offline: ['retry'],
  timeout: ['retry'],
  tls: ['retry'],
  server_error: ['retry'],
  rate_limited: ['retry'],
  unauthorized: ['replace_key'],
  forbidden: ['replace_key', 'provider_docs'],
  blocked: ['retry', 'provider_docs'],
  not_found: ['retry', 'provider_docs'],
  unexpected_response: ['retry', 'provider_docs'],
  provider_error: ['retry', 'provider_docs'],
  keychain: ['keychain_help', 'retry'],
  needs_confirmation: ['review'],
  definition: ['open_providers'],
};

/** The next steps for an account, the most useful first. While everything is offline, the one banner has the step. */
export function nextSteps(account: AccountSnapshot, everythingOffline: boolean): Step[] {
  if (account.paused) return ['resume'];
  const steps: Step[] = [];
  if (account.error && !(everythingOffline && account.error.kind === 'offline')) {
    steps.push(...stepsOfFailure[account.error.kind]);
  }
  // More credit for a key that somebody else may have is no help.
  if (
    account.keys_url !== null &&
    account.meters.some(({ unusual }) => unusual !== null && mayBeLeak(unusual))
  ) {
    steps.push('check_keys');
  }
  if (account.top_up_url !== null && ['low', 'critical', 'empty'].includes(account.level)) {
    steps.push('top_up');
  }
  return steps;
}

/** Takes a step. */
export async function take(step: Step, account: AccountSnapshot): Promise<void> {
  const { id } = account;
  switch (step) {
    case 'top_up':
      return call('open_page', { account: id, provider: null, page: 'top_up' });
    case 'check_keys':
      return call('open_page', { account: id, provider: null, page: 'keys' });
    case 'provider_docs':
      return call('open_page', { account: id, provider: null, page: 'docs' });
    case 'replace_key':
      return call('open_window', { window: 'settings', page: `account/${id}/key` });
    case 'review':
      return call('open_window', { window: 'settings', page: `account/${id}` });
    case 'open_providers':
      return call('open_window', { window: 'settings', page: 'providers' });
    case 'keychain_help':
      return call('open_help', { topic: 'keychain' });
    case 'retry':
      return call('refresh', { account: id });
    case 'resume':
      return call('change_account', { account: id, change: { paused: false } });
  }
}
