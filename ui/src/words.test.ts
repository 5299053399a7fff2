import { describe, expect, it } from 'vitest';
import type { AccountSnapshot } from './bindings/AccountSnapshot';
import { scenes } from './ipc/scenes';
import { accountTitle, headlineMeter, sentence, sortWorstFirst, stateWords, whyUnknown } from './words';

const accounts = (scene: string): AccountSnapshot[] => scenes[scene]?.().accounts ?? [];
const first = (scene: string, index = 0): AccountSnapshot => {
  const account = accounts(scene)[index];
  if (!account) throw new Error(`no account ${index} in ${scene}`);
  return account;
};
const words = (account: AccountSnapshot, offline = false) => stateWords(account, offline, new Date());

describe('the order of accounts', () => {
  it('is worst first, with unknown between a warning and all well, and paused ones last', () => {
    expect(sortWorstFirst(accounts('mixed')).map(({ id }) => id)).toEqual([
      'babysea-production',
      'openrouter-personal',
      'predev-work',
      'stability',
      'openrouter-ci-runner',
      'openrouter-research',
      'stability-old',
    ]);
  });

  it('puts the least share left first among equals, and those without a share after them', () => {
    const [openrouter, stability, , predev] = accounts('healthy');
    if (!openrouter || !stability || !predev) throw new Error('accounts are missing');
    const unread = { ...predev, id: 'unread', meters: [] };
    expect(sortWorstFirst([unread, openrouter, stability, predev]).map(({ id }) => id)).toEqual([
      'stability',
      'predev-work',
      'openrouter-personal',
      'unread',
    ]);
  });

  it('asks only how much is left, and not whether the last check failed', () => {
    const [ok, troubled] = [first('healthy', 1), first('failures')];
    expect(sortWorstFirst([ok, troubled]).map(({ id }) => id)).toEqual([ok.id, troubled.id]);
  });
});

describe('the state in words', () => {
  it('says the level and how much is left', () => {
    expect(words(first('healthy'))).toEqual(['OK', '80% left']);
  });

  it('says how long it lasts while that is known', () => {
    const account = first('mixed', 1);
    expect(words(account)).toEqual(['Low', 'about 6 days left']);
    expect(words({ ...account, freshness: 'stale' }).slice(0, 2)).toEqual(['Low', '21% left']);
  });

  it('says how old it is when it is old', () => {
    expect(words(first('stale', 1)).at(-1)).toMatch(/^as of /);
  });

  it('names the trouble first and keeps the warning', () => {
    expect(words(first('stale')).slice(0, 3)).toEqual(['No answer in time', 'Low', '21% left']);
  });

  it('calls a debt a debt', () => {
    expect(words(first('debt'))[0]).toBe('In debt');
    expect(words(first('debt', 1))[0]).toBe('Empty');
  });

  it('does not repeat for every account that everything is offline', () => {
    expect(words(first('offline'), true)[0]).toBe('Low');
    expect(words(first('offline'), false)[0]).toBe('No connection');
  });
});

describe('what is not known', () => {
  it('has a reason', () => {
    expect(whyUnknown(first('mixed', 2))).toBe('Key rejected');
    expect(whyUnknown(first('unknown'))).toBe('Not read yet');
    expect(whyUnknown(first('unknown', 1))).toBe('Reading the balance');
    expect(whyUnknown(first('unknown', 2))).toBe('The provider did not say');
  });
});

describe('the headline', () => {
  it('says what was spent rather than that nothing limits it', () => {
    const [account] = accounts('spend');
    if (!account) throw new Error('no account');
    expect(headlineMeter(account)?.kind).toBe('spend');
    expect(words(account)[0]).toBe('No budget set');
  });

  it('is the worst meter whose amount is known', () => {
    const account = first('healthy');
    const [meter] = account.meters;
    if (!meter) throw new Error('no meter');
    const meters = [
      {
        ...meter,
        id: 'spend',
        kind: 'spend' as const,
        remaining: null,
        used: '5',
        level: 'unknown' as const,
      },
      { ...meter, id: 'fine' },
      { ...meter, id: 'limit', level: 'critical' as const },
    ];
    expect(headlineMeter({ ...account, meters })?.id).toBe('limit');
  });
});

it('an account named as its provider is not named twice', () => {
  expect(accountTitle({ provider_name: 'OpenRouter', label: 'OpenRouter' })).toBe('OpenRouter');
  expect(accountTitle({ provider_name: 'OpenRouter', label: 'Work' })).toBe('OpenRouter · Work');
});

it('messages are told as sentences, and names stay as they are', () => {
  expect(sentence('the keychain is locked; unlock it')).toBe('The keychain is locked; unlock it.');
  expect(sentence('pre.dev rejected the key.')).toBe('pre.dev rejected the key.');
});
