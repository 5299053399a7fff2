// Made-up states of the app for the browser and the tests.

import type { AccountSnapshot } from '../bindings/AccountSnapshot';
import type { FailureKind } from '../bindings/FailureKind';
import type { Forecast } from '../bindings/Forecast';
import type { Level } from '../bindings/Level';
import type { Mark } from '../bindings/Mark';
import type { HookReport } from '../bindings/HookReport';
import type { MeterSnapshot } from '../bindings/MeterSnapshot';
import type { Settings } from '../bindings/Settings';
import type { Trouble } from '../bindings/Trouble';
import type { Story } from './past';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The moment so many milliseconds from now; negative is past. */
export const at = (fromNow: number) => new Date(Date.now() + fromNow).toISOString();

export interface Scene {
  accounts: AccountSnapshot[];
  offline?: boolean;
  paused?: boolean;
  notices?: string[];
  keychainError?: string;
  demo?: boolean;
  /** What differs from the defaults. */
  settings?: Partial<Settings>;
  /** How the hooks' last calls went. */
  reports?: HookReport[];
  /** How meters went, by `account/meter`; those that are left out went as any other. Null was never read. */
  stories?: Record<string, Partial<Story> | null>;
  /** Series whose account is not there, by `account/meter`. */
  gone?: Record<string, { unit: string; story: Story }>;
}

function meter(some: Partial<MeterSnapshot>): MeterSnapshot {
  return {
    id: 'credits',
    label: 'Credits',
    kind: 'wallet',
    unit: 'USD',
    remaining: null,
    total: null,
    used: null,
    full: null,
    percent_left: null,
    resets_at: null,
    expires_at: null,
    unlimited: false,
    level: 'ok',
    note: null,
    alerting: false,
    unusual: null,
    snoozed_until: null,
    thresholds: [],
    forecast: null,
    ...some,
  };
}

/** Marks at a quarter, a tenth and a twentieth of full, and at nothing. */
function marks(full: string): Mark[] {
  return [
    { below: '25%', amount: String(Number(full) / 4), severity: 'warning' },
    { below: '10%', amount: String(Number(full) / 10), severity: 'critical' },
    { below: '5%', amount: String(Number(full) / 20), severity: 'critical' },
    { below: 'empty', amount: '0', severity: 'empty' },
  ];
}

/** A meter that runs out in so many days. */
function lasts(perDay: string, early: number, likely: number, late: number | null): Forecast {
  return {
    state: 'ok',
    per_day: perDay,
    runs_out: {
      early: at(early * day),
      likely: at(likely * day),
      late: late === null ? null : at(late * day),
    },
  };
}

/** A meter of which so much is left of full. */
function of(remaining: string, full: string, level: Level, some: Partial<MeterSnapshot> = {}): MeterSnapshot {
  const percent = Math.round((Number(remaining) / Number(full)) * 1000) / 10;
  return meter({
    remaining,
    full,
    percent_left: percent,
    level,
    alerting: level !== 'ok',
    thresholds: marks(full),
    ...some,
  });
}

const names: Record<string, string> = {
  openrouter: 'OpenRouter',
  stability: 'Stability AI',
  babysea: 'BabySea',
  predev: 'pre.dev',
};

function account(provider: string, label: string, some: Partial<AccountSnapshot>): AccountSnapshot {
  const name = names[provider] ?? provider;
  const slug = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  return {
    id: label === name ? provider : `${provider}-${slug}`,
    provider,
    provider_name: name,
    label,
    level: 'ok',
    freshness: 'fresh',
    checked_at: at(-2 * minute),
    error: null,
    checking: false,
    paused: false,
    notices: [],
    top_up_url: `https://${provider}.example/billing`,
    keys_url: `https://${provider}.example/keys`,
    meters: [],
    ...some,
  };
}

function trouble(kind: FailureKind, message: string, some: Partial<Trouble> = {}): Trouble {
  return { kind, message, since: at(-20 * minute), retry_at: at(4 * minute), ...some };
}

const neverRead: Partial<AccountSnapshot> = {
  level: 'unknown',
  freshness: 'never',
  checked_at: null,
  meters: [],
};

const openrouter = (some: Partial<AccountSnapshot> = {}) =>
  account('openrouter', 'Personal', {
    level: 'low',
    meters: [
      of('16.55', '80', 'low', { total: '125', used: '108.45', forecast: lasts('2.76', 4.2, 6.1, 9.3) }),
      meter({
        id: 'key',
        label: 'This key',
        kind: 'key_limit',
        unlimited: true,
        level: 'unlimited',
        used: '8.45',
      }),
    ],
    ...some,
  });

const stability = (some: Partial<AccountSnapshot> = {}) =>
  account('stability', 'Stability AI', { meters: [of('250.5', '1000', 'ok', { unit: 'credits' })], ...some });

const babysea = (some: Partial<AccountSnapshot> = {}) =>
  account('babysea', 'Production', {
    meters: [
      of('42.118', '50', 'ok'),
      meter({
        id: 'month',
        label: 'Last 30 days',
        kind: 'spend',
        used: '31.2',
        level: 'unknown',
      }),
    ],
    ...some,
  });

const predev = (some: Partial<AccountSnapshot> = {}) =>
  account('predev', 'Work', {
    meters: [
      of('18', '40', 'ok', {
        unit: 'prototype credits',
        note: 'The daily allocation is not in this figure.',
      }),
    ],
    ...some,
  });

const rejected = trouble(
  'unauthorized',
  'pre.dev rejected the key. It may be expired or revoked: make a new one and replace it.',
  { retry_at: at(hour) },
);

/** A ready state each, by the name that `?scene=` takes. */
export const scenes: Record<string, () => Scene> = {
  'first-run': () => ({ accounts: [] }),

  history: () => ({
    accounts: [
      openrouter(),
      account('openrouter', 'One day', {
        meters: [of('8.2', '10', 'ok', { forecast: lasts('1.9', 2.4, 4.3, 11) })],
      }),
      account('openrouter', 'One year', {
        meters: [of('212.4', '500', 'ok', { forecast: lasts('9.1', 16, 23, 34) })],
      }),
      account('stability', 'Ten years', {
        meters: [of('640.5', '2000', 'ok', { unit: 'credits', forecast: lasts('12.4', 38, 51, null) })],
      }),
      account('openrouter', 'Gaps', {
        meters: [of('31.07', '100', 'ok', { forecast: lasts('2.1', 9, 15, 26) })],
      }),
      account('openrouter', 'Debt', {
        level: 'empty',
        meters: [of('-3.2', '40', 'empty', { forecast: lasts('1.7', 0, 0, 0) })],
      }),
      account('babysea', 'Quota', {
        meters: [
          of('620', '1000', 'ok', {
            unit: 'credits',
            kind: 'quota',
            label: 'Weekly quota',
            resets_at: at(2 * day),
            forecast: { state: 'lasts_until_reset', per_day: '112', runs_out: null },
          }),
          of('18.4', '50', 'ok', { id: 'wallet', label: 'Wallet', forecast: lasts('0.6', 21, 30, 48) }),
        ],
      }),
      account('predev', 'Tokens', {
        meters: [
          of('1234567890', '2000000000', 'ok', { unit: 'tokens', forecast: lasts('41200000', 24, 29, 37) }),
        ],
      }),
      account('openrouter', 'Tiny', {
        level: 'critical',
        meters: [of('0.00042', '0.005', 'critical', { forecast: lasts('0.000091', 3, 4.6, 8) })],
      }),
      account('openrouter', 'One reading', {
        meters: [
          of('25', '25', 'ok', { forecast: { state: 'not_enough_data', per_day: null, runs_out: null } }),
        ],
      }),
      account('openrouter', 'Spend only', {
        level: 'unknown',
        meters: [meter({ id: 'spend', label: 'This month', kind: 'spend', used: '48.4', level: 'unknown' })],
      }),
      account('openrouter', 'Idle', {
        meters: [of('60', '60', 'ok', { forecast: { state: 'idle', per_day: '0', runs_out: null } })],
      }),
      account('predev', 'Empty', neverRead),
    ],
    stories: {
      'openrouter-one-day/credits': { days: 1, perDay: 190 },
      'openrouter-one-year/credits': { days: 365, perDay: 910 },
      'stability-ten-years/credits': {
        days: 3650,
        perDay: 1240,
        gaps: [
          [2100, 2034],
          [720, 700],
        ],
      },
      'openrouter-gaps/credits': {
        gaps: [
          [41, 36.5],
          [23, 22.6],
          [17.3, 10.8],
          [4.4, 3.3],
        ],
      },
      'openrouter-debt/credits': { perDay: 170, days: 45 },
      'babysea-quota/credits': { resetDays: 7, perDay: 11200, days: 50 },
      'babysea-quota/wallet': { perDay: 60 },
      'predev-tokens/credits': { perDay: 41_200_000, days: 120 },
      'openrouter-tiny/credits': { perDay: 91, days: 40 },
      'openrouter-one-reading/credits': { days: 0 },
      'openrouter-spend-only/spend': { perDay: 230, resetDays: 30, spend: true, days: 75 },
      'openrouter-idle/credits': { perDay: 0, days: 12 },
    },
    gone: {
      'openrouter-old-laptop/credits': {
        unit: 'USD',
        story: { days: 200, left: 412, perDay: 160, full: 4000, decimals: 2, gaps: [[60, 0.01]] },
      },
    },
  }),

  healthy: () => ({
    accounts: [
      openrouter({ level: 'ok', meters: [of('64.2', '80', 'ok', { total: '125', used: '60.8' })] }),
      stability(),
      babysea(),
      predev(),
    ],
  }),

  mixed: () => ({
    accounts: [
      stability(),
      openrouter(),
      predev({
        ...neverRead,
        error: rejected,
      }),
      babysea({
        level: 'critical',
        notices: [
          'The key lacks the scope account:read, so the balance comes from a price estimate. Make a key with that scope for the exact figure.',
        ],
        meters: [of('2.117', '50', 'critical', { snoozed_until: at(5 * hour) })],
      }),
      account('openrouter', 'CI runner', {
        level: 'ok',
        meters: [
          of('7.5', '10', 'ok', {
            id: 'key',
            label: 'Key limit',
            kind: 'key_limit',
            used: '2.5',
            resets_at: at(9 * hour),
            unusual: 'odd_hours',
          }),
        ],
      }),
      account('openrouter', 'Research', {
        level: 'unlimited',
        meters: [
          meter({
            id: 'key',
            label: 'This key',
            kind: 'key_limit',
            unlimited: true,
            level: 'unlimited',
            used: '312.9',
          }),
        ],
      }),
      stability({
        id: 'stability-old',
        label: 'Old studio',
        paused: true,
        freshness: 'stale',
        checked_at: at(-6 * day),
      }),
    ],
  }),

  unusual: () => ({
    accounts: [
      openrouter({
        meters: [of('16.55', '80', 'low', { forecast: lasts('2.76', 4.2, 6.1, 9.3), unusual: 'fast_spend' })],
      }),
      stability({ meters: [of('250.5', '1000', 'ok', { unit: 'credits', unusual: 'refunds' })] }),
      babysea({
        meters: [
          of('42.118', '50', 'ok', { unusual: 'odd_hours' }),
          of('8', '10', 'ok', { id: 'images', label: 'Images', unusual: 'refunds' }),
        ],
      }),
      predev(),
    ],
    settings: {
      quiet_hours: { from: '22:00', until: '07:30' },
      summary: { every: 'weekly', at: '09:00', on: 'monday' },
      hooks: [
        {
          name: 'Status bar',
          least: 'info',
          to: { command: ['/home/ada/bin/credit-bar', '--title', 'Credit Gauge'] },
        },
        { name: 'Team chat', least: 'warning', to: { url: 'https://chat.example.com/hooks/a1b2c3' } },
        { name: 'Stop the batch', least: 'empty', to: { command: ['/home/ada/bin/missing'] } },
      ],
    },
    reports: [
      { name: 'Status bar', at: at(-3 * hour), ended_at: at(-3 * hour), error: null },
      {
        name: 'Team chat',
        at: at(-2 * hour),
        ended_at: at(-2 * hour),
        error: 'chat.example.com answered 404',
      },
    ],
  }),

  offline: () => ({
    offline: true,
    accounts: [openrouter(), stability(), babysea(), predev()].map((account) => ({
      ...account,
      freshness: 'stale',
      checked_at: at(-50 * minute),
      error: trouble('offline', `${account.provider_name} cannot be reached. Check the network connection.`),
    })),
  }),

  'key-rejected': () => ({
    accounts: [
      predev({ error: rejected, freshness: 'stale', checked_at: at(-26 * hour) }),
      openrouter({
        ...neverRead,
        error: trouble(
          'forbidden',
          'OpenRouter shows its balance to management keys only. Make one in its settings and replace this key.',
        ),
      }),
      stability(),
    ],
  }),

  failures: () => ({
    accounts: (
      [
        ['timeout', 'did not answer within 20 seconds.'],
        ['tls', 'offered a certificate that is not trusted here. A proxy may be in between.'],
        ['blocked', 'refused the request before it reached the API (a firewall or a country block).'],
        ['rate_limited', 'was asked too often and wants a pause.'],
        ['not_found', 'has nothing at this address. Check the base URL.'],
        ['server_error', 'failed on its side (503).'],
        ['unexpected_response', 'answered something that is not documented: credits is missing.'],
        ['provider_error', 'answered with an error: “account under review”.'],
        ['definition', 'has a wrong definition: providers/mine.toml, line 12: unknown field “remainng”.'],
      ] as const
    ).map(([kind, message], index) =>
      account(Object.keys(names)[index % 4] ?? '', kind.replace('_', ' '), {
        ...(index % 2 ? neverRead : { meters: [of('12.5', '20', 'ok')] }),
        error: trouble(kind, `The provider ${message}`),
      }),
    ),
  }),

  'keychain-missing': () => ({
    keychainError:
      'No keychain service answers on the session bus. Install and start gnome-keyring or KeePassXC, then retry.',
    accounts: [openrouter(), stability()].map((account) => ({
      ...account,
      ...neverRead,
      error: trouble(
        'keychain',
        'The key could not be read: no keychain service answers. Install and start one, such as gnome-keyring, then retry.',
      ),
    })),
  }),

  confirm: () => ({
    accounts: [
      openrouter({
        freshness: 'stale',
        checked_at: at(-3 * hour),
        error: trouble(
          'needs_confirmation',
          'The definition now names https://gateway.example.com, where this key has never gone. Confirm it or change the address back.',
          { retry_at: null },
        ),
      }),
      stability(),
    ],
  }),

  debt: () => ({
    accounts: [
      openrouter({
        level: 'empty',
        meters: [of('-3.2', '80', 'empty', { total: '125', used: '128.2' })],
      }),
      stability({ level: 'empty', meters: [of('0', '1000', 'empty', { unit: 'credits' })] }),
      predev(),
    ],
  }),

  many: () => ({
    accounts: Array.from({ length: 24 }, (_, index) => {
      const provider = Object.keys(names)[index % 4] ?? '';
      const left = (index * 37) % 100;
      const level = left <= 0 ? 'empty' : left <= 10 ? 'critical' : left <= 25 ? 'low' : 'ok';
      return account(provider, `Team ${index + 1}`, {
        level,
        meters: [of(String(left), '100', level, { unit: index % 3 ? 'USD' : 'credits' })],
      });
    }),
  }),

  'long-labels': () => ({
    accounts: [
      openrouter({
        id: 'openrouter-long',
        label: 'The quarterly marketing experiments of the Northern European subsidiary, staging',
        meters: [
          of('1234567.891', '2000000', 'ok', {
            unit: 'prototype credits of the old plan',
            label: 'Prototype credits that were bought before the spring of 2026',
          }),
        ],
        level: 'ok',
      }),
      stability({
        id: 'stability-long',
        label: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
      }),
      predev({ label: '創作スタジオ', error: rejected, freshness: 'stale', checked_at: at(-26 * hour) }),
    ],
  }),

  unknown: () => ({
    accounts: [
      openrouter(neverRead),
      stability({ ...neverRead, checking: true }),
      babysea({ level: 'unknown', meters: [meter({ level: 'unknown' })] }),
      account('openrouter', 'Spend only', {
        level: 'unknown',
        meters: [meter({ id: 'spend', label: 'This month', kind: 'spend', used: '8.45', level: 'unknown' })],
      }),
    ],
  }),

  spend: () => ({
    accounts: [
      account('openrouter', 'Payg', {
        level: 'unlimited',
        meters: [
          meter({ id: 'key', label: 'This key', kind: 'key_limit', unlimited: true, level: 'unlimited' }),
          meter({
            id: 'spend',
            label: 'This month',
            kind: 'spend',
            used: '21.99',
            unlimited: true,
            level: 'unlimited',
          }),
        ],
      }),
      account('babysea', 'Batch', {
        level: 'unlimited',
        meters: [
          meter({
            id: 'spend',
            label: 'This month',
            kind: 'spend',
            unit: 'credits',
            used: '17.52',
            unlimited: true,
            level: 'unlimited',
          }),
        ],
      }),
      openrouter(),
    ],
  }),

  amounts: () => ({
    accounts: [
      account('openrouter', 'Tiny', { level: 'critical', meters: [of('0.00042', '5', 'critical')] }),
      account('openrouter', 'Huge', { meters: [of('1234567890.12', '2000000000', 'ok')] }),
      account('stability', 'Yen', { meters: [of('120000', '150000', 'ok', { unit: 'JPY' })] }),
      account('stability', 'Euro debt', {
        level: 'empty',
        meters: [of('-0.004', '20', 'empty', { unit: 'EUR' })],
      }),
      account('predev', 'Tokens', {
        meters: [of('98765432109876.5', '100000000000000', 'ok', { unit: 'tokens' })],
      }),
      account('predev', 'One', { level: 'low', meters: [of('1', '5', 'low', { unit: 'credits' })] }),
      account('babysea', 'Share', {
        meters: [
          of('34.5', '100', 'ok', {
            unit: 'percent',
            kind: 'quota',
            label: 'Weekly quota',
            resets_at: at(3 * day),
          }),
        ],
      }),
      account('babysea', 'Grant', {
        meters: [of('4', '5', 'ok', { kind: 'grant', label: 'Welcome credit', expires_at: at(12 * day) })],
      }),
    ],
  }),

  stale: () => ({
    accounts: [
      openrouter({
        freshness: 'stale',
        checked_at: at(-3 * hour),
        error: trouble(
          'timeout',
          'OpenRouter did not answer within 20 seconds. It is asked again by itself.',
        ),
      }),
      stability({ freshness: 'stale', checked_at: at(-2 * day), checking: true }),
      predev(),
    ],
  }),

  demo: () => ({ demo: true, accounts: [openrouter(), stability()] }),

  paused: () => ({ paused: true, accounts: [openrouter(), stability()] }),

  notices: () => ({
    notices: [
      'settings.json was damaged. It was set aside as settings.2026-11-21.json and the defaults are in use.',
      'providers/mine.toml, line 12: unknown field “remainng”. Correct it, and it is read again.',
    ],
    accounts: [openrouter(), stability()],
  }),
};
