// Stands in for the Rust side in a plain browser and in tests. `?scene=mixed` picks a state; no production build
// contains it.

import type { AccountDetails } from '../bindings/AccountDetails';
import type { AccountSnapshot } from '../bindings/AccountSnapshot';
import type { Alert } from '../bindings/Alert';
import type { HookReport } from '../bindings/HookReport';
import type { NewAccount } from '../bindings/NewAccount';
import type { MeterSnapshot } from '../bindings/MeterSnapshot';
import type { Problem } from '../bindings/Problem';
import type { SeriesInfo } from '../bindings/SeriesInfo';
import type { Settings } from '../bindings/Settings';
import type { Snapshot } from '../bindings/Snapshot';
import type { Backend, CommandName, Commands, Events } from './commands';
import { Past } from './past';
import { providers } from './providers';
import { at, scenes, type Scene } from './scenes';

type Answers = {
  [Name in CommandName]: (
    args: Commands[Name]['args'],
  ) => Commands[Name]['result'] | Promise<Commands[Name]['result']>;
};

const hour = 3_600_000;

let scene: Scene;
let settings: Settings;
let details: AccountDetails[];
let reports: HookReport[];

/** Every command since the scene began, for tests to look at. */
export const asked: { name: CommandName; args: unknown }[] = [];
/** What commands fail with instead of answering, by name, for tests to set. */
export const failing = new Map<CommandName, Problem>();

/** Begins a scene anew. */
export function play(name: string) {
  const make = scenes[name];
  if (!make) throw new Error(`No scene “${name}”; there are: ${Object.keys(scenes).join(', ')}`);
  scene = make();
  series = undefined;
  asked.length = 0;
  failing.clear();
  settings = {
    poll_interval_seconds: 300,
    rules: [
      { below: '25%', severity: 'warning' },
      { below: '10%', severity: 'critical' },
      { below: '5%', severity: 'critical' },
      { below: 'empty', severity: 'empty' },
    ],
    paused: scene.paused ?? false,
    theme: (new URLSearchParams(location.search).get('theme') as Settings['theme'] | null) ?? 'system',
    tray_style: 'colour',
    launch_at_login: true,
    open_at_start: 'none',
    quiet_hours: null,
    good_news: true,
    summary: { every: 'never', at: '09:00', on: 'monday' },
    hooks: [],
    ...scene.settings,
  };
  reports = scene.reports ?? [];
  details = scene.accounts.map((account, index): AccountDetails => ({
    id: account.id,
    provider: account.provider,
    label: account.label,
    base_url: account.error?.kind === 'needs_confirmation' ? 'https://gateway.example.com/v1' : null,
    origins: [originOf(account.provider)],
    wanted_origins: [
      account.error?.kind === 'needs_confirmation'
        ? 'https://gateway.example.com'
        : originOf(account.provider),
    ],
    key_tail: `…${['a1b2', '9f3c', 'Xk7q', '0e5d'][index % 4]}`,
    key_source: index === 3 ? 'environment' : 'keychain',
    paused: account.paused,
    inputs: account.provider === 'babysea' ? { region: 'eu' } : {},
    full: {},
    rules:
      index === 1
        ? {
            credits: [
              { below: '20', severity: 'warning' },
              { below: 'empty', severity: 'empty' },
            ],
          }
        : {},
    unusual: true,
  }));
}

function originOf(provider: string): string {
  return new URL(providers.find(({ id }) => id === provider)?.base_url ?? 'https://example.com').origin;
}

const listeners: { [Name in keyof Events]: Set<(payload: Events[Name]) => void> } = {
  snapshot: new Set(),
  settings: new Set(),
  show: new Set(),
};

/** Announces something, as the Rust side does. */
export function announce<Name extends keyof Events>(name: Name, payload: Events[Name]) {
  for (const hear of listeners[name]) hear(payload);
}

function snapshot(): Snapshot {
  const order = ['empty', 'critical', 'low', 'unknown', 'ok', 'unlimited'] as const;
  const levels = scene.accounts.filter(({ paused }) => !paused).map(({ level }) => level);
  return structuredClone({
    schema: 1,
    generated_at: at(0),
    level: order.find((level) => levels.includes(level)) ?? 'unknown',
    offline: scene.offline ?? false,
    accounts: scene.accounts,
    notices: scene.notices ?? [],
  });
}

const tell = () => announce('snapshot', snapshot());

function find<T extends { id: string }>(list: T[], id: string): T {
  const found = list.find((item) => item.id === id);
  if (!found) throw { kind: 'account', message: `There is no account “${id}”.` } satisfies Problem;
  return found;
}

function change(id: string, some: Partial<AccountSnapshot>) {
  Object.assign(find(scene.accounts, id), some);
  tell();
}

function snooze(id: string, meter: string | null, until: string | null) {
  const account = find(scene.accounts, id);
  const meters = account.meters.map((one) =>
    meter === null || one.id === meter ? { ...one, snoozed_until: until } : one,
  );
  change(id, { meters });
}

/** What a provider says to a key: the word in it decides. */
function ask(key: string): MeterSnapshot[] {
  if (key.includes('bad')) {
    throw {
      kind: 'unauthorized',
      message: 'The provider rejected the key. Check that all of it was copied.',
    } satisfies Problem;
  }
  if (key.includes('offline')) {
    throw {
      kind: 'offline',
      message: 'The provider cannot be reached. Check the network connection.',
    } satisfies Problem;
  }
  return scenes.healthy?.().accounts[0]?.meters ?? [];
}

function add(draft: NewAccount): string {
  const provider = find(providers, draft.provider);
  const taken = scene.accounts.filter((account) => account.provider === provider.id).length;
  const id = taken === 0 ? provider.id : `${provider.id}-${taken + 1}`;
  const label = draft.label ?? provider.name;
  scene.accounts.push({
    id,
    provider: provider.id,
    provider_name: provider.name,
    label,
    level: 'ok',
    freshness: 'fresh',
    checked_at: at(0),
    error: null,
    checking: false,
    paused: false,
    notices: [],
    top_up_url: provider.top_up_url,
    keys_url: provider.keys_url,
    meters: ask('good'),
  });
  details.push({
    id,
    provider: provider.id,
    label,
    base_url: draft.base_url,
    origins: [new URL(draft.base_url ?? provider.base_url).origin],
    wanted_origins: [new URL(draft.base_url ?? provider.base_url).origin],
    key_tail: `…${draft.key.slice(-4)}`,
    key_source: 'keychain',
    paused: false,
    inputs: draft.inputs,
    full: {},
    rules: {},
    unusual: true,
  });
  tell();
  return id;
}

type Told = Omit<Alert, 'id' | 'account' | 'meter' | 'remaining' | 'full' | 'unit'>;

/** What is told besides thresholds, by what it is about. */
function occasion(rule: string, ago: number, some: Partial<Told> = {}): Told {
  const severity = { odd_hours: 'warning', fast_spend: 'warning', refunds: 'warning' } as const;
  return {
    rule,
    severity: severity[rule as 'refunds'] ?? 'info',
    amount: null,
    usual: null,
    hours: null,
    raised_at: at(-ago * hour),
    delivered_at: at(-ago * hour),
    snoozed_until: null,
    cleared_at: null,
    ...some,
  };
}

function alerts(): Alert[] {
  const unusual: Record<string, Partial<Told>> = {
    fast_spend: { amount: '12.4', usual: '3.1', hours: 1 },
    odd_hours: { amount: '1.2', usual: '0', hours: 1 },
    refunds: { amount: '0.8' },
  };
  const meters = scene.accounts.flatMap((account) => account.meters.map((meter) => ({ account, meter })));
  const others = meters.flatMap(({ account, meter }) => {
    const { unusual: rule, remaining, full, unit } = meter;
    const told: Told[] = rule === null ? [] : [occasion(rule, 3, unusual[rule])];
    if (meter.level === 'ok' && meter.kind === 'wallet') {
      told.push(occasion('topped_up', 50, { amount: full, cleared_at: at(-50 * hour) }));
    }
    if (meter.level === 'ok' && meter.resets_at !== null) {
      told.push(occasion('restored', 60, { cleared_at: at(-60 * hour) }));
    }
    return told.map((one) => ({
      ...one,
      account: account.id,
      meter: meter.id,
      remaining: remaining ?? '0',
      full,
      unit,
    }));
  });
  return [...thresholds(), ...others]
    .map((alert, id) => ({ id, ...alert }))
    .toSorted((a, b) => Date.parse(b.raised_at) - Date.parse(a.raised_at));
}

function thresholds(): Omit<Alert, 'id'>[] {
  return scene.accounts
    .flatMap((account) => account.meters.map((meter) => ({ account, meter })))
    .filter(({ meter }) => ['low', 'critical', 'empty'].includes(meter.level))
    .map(({ account, meter }, index) => ({
      account: account.id,
      meter: meter.id,
      rule: { low: '25%', critical: '10%', empty: 'empty' }[meter.level as 'low'],
      severity: ({ low: 'warning', critical: 'critical', empty: 'empty' } as const)[meter.level as 'low'],
      amount: null,
      usual: null,
      hours: null,
      remaining: meter.remaining ?? '0',
      full: meter.full,
      unit: meter.unit,
      raised_at: at((-2 - 20 * index) * hour),
      delivered_at: index === 1 ? null : at((-2 - 20 * index) * hour),
      snoozed_until: meter.snoozed_until,
      cleared_at: index === 2 ? at(-hour) : null,
    }));
}

interface Series {
  account: string;
  meter: string;
  unit: string;
  past: Past;
}

/** The series of this scene, made up when they are first asked for. */
let series: Series[] | undefined;

function allSeries(): Series[] {
  return (series ??= [
    ...scene.accounts.flatMap((account) => account.meters.flatMap((meter) => seriesOf(account.id, meter))),
    ...Object.entries(scene.gone ?? {}).map(([name, { unit, story }]) => {
      const [account = '', meter = ''] = name.split('/');
      return { account, meter, unit, past: new Past(story, name, Date.now()) };
    }),
  ]);
}

function seriesOf(account: string, meter: MeterSnapshot): Series[] {
  const name = `${account}/${meter.id}`;
  const story = scene.stories?.[name];
  const now = meter.remaining ?? meter.used;
  if (now === null || story === null) return [];
  const decimals =
    Math.max(2, now.split('.')[1]?.length ?? 0) + (Number(now) < 0.01 && Number(now) > 0 ? 1 : 0);
  const count = (amount: string) => Math.round(Number(amount) * 10 ** decimals);
  const full = count(meter.full ?? now);
  const usual = { days: 60, left: count(now), perDay: full / 30, full, decimals };
  const past = new Past({ ...usual, ...story, spend: meter.remaining === null }, name, Date.now() - 120_000);
  return [{ account, meter: meter.id, unit: meter.unit, past }];
}

function pastOf(account: string, meter: string, unit?: string): Past | undefined {
  return allSeries().find(
    (one) => one.account === account && one.meter === meter && (unit === undefined || one.unit === unit),
  )?.past;
}

function histories(): SeriesInfo[] {
  return allSeries().map(({ account, meter, unit, past }) => ({
    account,
    meter,
    unit,
    since: past.since,
    until: past.until,
  }));
}

const time = (at: string | null) => (at === null ? null : Date.parse(at));

async function refresh(id: string | null) {
  const some = scene.accounts.filter((account) => !account.paused && (id === null || account.id === id));
  for (const account of some) account.checking = true;
  tell();
  await new Promise((done) => setTimeout(done, import.meta.env.MODE === 'test' ? 0 : 1200));
  for (const account of some) {
    account.checking = false;
    if (!account.error) account.checked_at = at(0);
  }
  tell();
}

const answers: Answers = {
  snapshot,
  dismiss_notice({ notice }) {
    scene.notices = scene.notices?.filter((one) => one !== notice);
    tell();
  },
  refresh: ({ account }) => refresh(account),
  providers: () => providers,
  accounts: () => structuredClone(details),
  test_key: ({ draft }) => ask(draft.key),
  add_account({ draft, verify }) {
    if (verify) ask(draft.key);
    return add(draft);
  },
  replace_key({ account, key, verify }) {
    if (verify) ask(key);
    find(details, account).key_tail = `…${key.slice(-4)}`;
    change(account, { error: null, level: 'ok', freshness: 'fresh', checked_at: at(0), meters: ask('good') });
  },
  change_account({ account, change: some }) {
    Object.assign(find(details, account), some);
    const { label, paused } = find(details, account);
    change(account, { label, paused });
  },
  confirm_origins: ({ account }) => change(account, { error: null, freshness: 'fresh', checked_at: at(0) }),
  order_accounts({ accounts }) {
    scene.accounts = accounts.map((id) => find(scene.accounts, id));
    tell();
  },
  remove_account({ account }) {
    scene.accounts = scene.accounts.filter(({ id }) => id !== account);
    details = details.filter(({ id }) => id !== account);
    tell();
  },
  found_keys: () => [
    { variable: 'OPENROUTER_API_KEY', provider: 'openrouter', provider_name: 'OpenRouter' },
    { variable: 'STABILITY_API_KEY', provider: 'stability', provider_name: 'Stability AI' },
  ],
  settings: () => structuredClone(settings),
  change_settings({ change }) {
    settings = { ...settings, ...structuredClone(change) };
    announce('settings', structuredClone(settings));
  },
  alerts,
  snooze: ({ account, meter, hours }) =>
    snooze(account, meter, hours === null ? '9999-12-31T23:59:59Z' : at(hours * hour)),
  unsnooze: ({ account, meter }) => snooze(account, meter, null),
  test_notification: () => undefined,
  test_summary: () => undefined,
  test_hook: ({ hook }) => {
    if ('command' in hook.to && hook.to.command[0]?.includes('missing')) {
      throw {
        kind: 'internal',
        message: `${hook.to.command[0]} cannot be started: no such file.`,
      } satisfies Problem;
    }
  },
  hook_reports: () => structuredClone(reports),
  histories,
  chart({ account, meter, unit, from, until, columns }) {
    const past = pastOf(account, meter, unit) ?? find([], account);
    return past.chart(unit, time(from), time(until) ?? Date.now(), columns);
  },
  forecast: ({ account, meter, unit }) =>
    (pastOf(account, meter, unit) ?? find([], account)).forecast(Date.now()),
  recent: ({ account, meter }) => pastOf(account, meter)?.recent(Date.now()) ?? null,
  readings: ({ account, meter, unit, before, limit }) =>
    pastOf(account, meter, unit)?.spans(time(before) ?? Infinity, limit) ?? [],
  export_history: ({ series, format }) =>
    `/home/ada/Documents/${series.length === 1 ? series[0]?.account : 'credit-gauge'}.${format}`,
  import_history: () => ({ added: 1204, known: 96, contradicting: 0 }),
  open_page: () => undefined,
  open_window({ window, page }) {
    if (import.meta.env.MODE !== 'test') location.hash = page === null ? window : `${window}/${page}`;
  },
  close_window: () => undefined,
  fit: () => undefined,
  open_help: () => undefined,
  look_around: () => undefined,
  quit: () => undefined,
  about: () => ({
    version: '0.1.0',
    home: '/home/ada/.local/share/credit-gauge',
    settings_file: '/home/ada/.local/share/credit-gauge/settings.json',
    database_file: '/home/ada/.local/share/credit-gauge/gauge.db',
    providers_folder: '/home/ada/.config/credit-gauge/providers',
    logs_folder: '/home/ada/.local/share/credit-gauge/logs',
    keychain: 'Secret Service (gnome-keyring)',
    keychain_error: scene.keychainError ?? null,
    tray_host: scene.keychainError ? null : 'StatusNotifierItem host',
    tray_advice: scene.keychainError
      ? 'This desktop shows no tray icons. On GNOME, install the extension “AppIndicator and KStatusNotifierItem Support”.'
      : null,
    notifications: 'Notification service of the desktop',
    demo: scene.demo ?? false,
  }),
  diagnostics: () => 'Credit Gauge 0.1.0\nkeychain: Secret Service\n',
};

play(new URLSearchParams(location.search).get('scene') ?? 'mixed');

export const simulated: Backend = {
  async invoke(name, args) {
    asked.push({ name, args });
    const problem = failing.get(name);
    if (problem) throw problem;
    return answers[name](args);
  },
  listen(name, hear) {
    listeners[name].add(hear);
    return Promise.resolve(() => void listeners[name].delete(hear));
  },
};
