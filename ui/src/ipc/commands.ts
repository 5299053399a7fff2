import type { About } from '../bindings/About';
import type { AccountChange } from '../bindings/AccountChange';
import type { AccountDetails } from '../bindings/AccountDetails';
import type { Alert } from '../bindings/Alert';
import type { Chart } from '../bindings/Chart';
import type { Forecast } from '../bindings/Forecast';
import type { FoundKey } from '../bindings/FoundKey';
import type { HistoryFormat } from '../bindings/HistoryFormat';
import type { Hook } from '../bindings/Hook';
import type { HookReport } from '../bindings/HookReport';
import type { Imported } from '../bindings/Imported';
import type { MeterSnapshot } from '../bindings/MeterSnapshot';
import type { NewAccount } from '../bindings/NewAccount';
import type { Page } from '../bindings/Page';
import type { Provider } from '../bindings/Provider';
import type { Recent } from '../bindings/Recent';
import type { SeriesInfo } from '../bindings/SeriesInfo';
import type { SeriesKey } from '../bindings/SeriesKey';
import type { Settings } from '../bindings/Settings';
import type { Snapshot } from '../bindings/Snapshot';
import type { Span } from '../bindings/Span';
import type { Topic } from '../bindings/Topic';
import type { WindowName } from '../bindings/WindowName';

type Nothing = Record<never, never>;
interface Command<Args, Result> {
  args: Args;
  result: Result;
}

/** What the Rust side can be asked, by name. */
export interface Commands {
  snapshot: Command<Nothing, Snapshot>;
  /** Leaves a notice out of the snapshots from now on. */
  dismiss_notice: Command<{ notice: string }, void>;
  /** Asks one provider, or all when `account` is null; done when the answers are in. */
  refresh: Command<{ account: string | null }, void>;
  providers: Command<Nothing, Provider[]>;

  accounts: Command<Nothing, AccountDetails[]>;
  /** Asks the provider with a key that is not stored, and stores nothing. */
  test_key: Command<{ draft: NewAccount }, MeterSnapshot[]>;
  /** Answers with the new account's id. */
  add_account: Command<{ draft: NewAccount; verify: boolean }, string>;
  replace_key: Command<
    { account: string; key: string; secret_inputs: Record<string, string>; verify: boolean },
    void
  >;
  change_account: Command<{ account: string; change: AccountChange }, void>;
  /** Lets the account's key go to the origins that its definition names now. */
  confirm_origins: Command<{ account: string }, void>;
  /** Sets the order of all accounts. */
  order_accounts: Command<{ accounts: string[] }, void>;
  /** Removes an account and its key; its history too when `forget`. */
  remove_account: Command<{ account: string; forget: boolean }, void>;
  /** Environment variables that are set and named like a provider's key; never their values. */
  found_keys: Command<Nothing, FoundKey[]>;

  settings: Command<Nothing, Settings>;
  /** Changes these settings and keeps the others as they are by now. */
  change_settings: Command<{ change: Partial<Settings> }, void>;

  alerts: Command<Nothing, Alert[]>;
  /** Puts off the alerts of one meter, or of the whole account when `meter` is null; until topped up when `hours` is. */
  snooze: Command<{ account: string; meter: string | null; hours: number | null }, void>;
  unsnooze: Command<{ account: string; meter: string | null }, void>;
  test_notification: Command<Nothing, void>;
  /** Shows the summary now. */
  test_summary: Command<Nothing, void>;
  /** Calls a hook, which need not be stored, with a made-up alert; fails with what went wrong. */
  test_hook: Command<{ hook: Hook }, void>;
  /** How the last call of each hook went; those that were never called are left out. */
  hook_reports: Command<Nothing, HookReport[]>;

  /** Every series there is, also of accounts that were removed or never were here. */
  histories: Command<Nothing, SeriesInfo[]>;
  /** A series from `from`, or its first reading, until `until`, or now, for a plot so many pixels wide. */
  chart: Command<SeriesKey & { from: string | null; until: string | null; columns: number }, Chart>;
  /** What a series' readings foretell, for one that no account tells of any more; the others have it in the snapshot. */
  forecast: Command<SeriesKey, Forecast>;
  /** The last days of a meter; null where it was never read. */
  recent: Command<{ account: string; meter: string }, Recent | null>;
  /** The readings that began before `before`, or the last ones, newest first. */
  readings: Command<SeriesKey & { before: string | null; limit: number }, Span[]>;
  /** Has the user choose a file and writes the series there. Answers with its path; null when cancelled. */
  export_history: Command<{ series: SeriesKey[]; format: HistoryFormat }, string | null>;
  /** Has the user choose a file and takes in its readings; null when cancelled. */
  import_history: Command<Nothing, Imported | null>;

  open_page: Command<{ account: string | null; provider: string | null; page: Page }, void>;
  open_window: Command<{ window: WindowName; page: string | null }, void>;
  close_window: Command<Nothing, void>;
  /** Makes the popover's window as high as its content. */
  fit: Command<{ height: number }, void>;
  open_help: Command<{ topic: Topic }, void>;
  look_around: Command<Nothing, void>;
  quit: Command<Nothing, void>;

  about: Command<Nothing, About>;
  diagnostics: Command<Nothing, string>;
}

export type CommandName = keyof Commands;

/** What the Rust side announces, by name. */
export interface Events {
  snapshot: Snapshot;
  settings: Settings;
  /** The window is asked to show one of its pages. */
  show: string;
}

export interface Backend {
  invoke<Name extends CommandName>(
    name: Name,
    args: Commands[Name]['args'],
  ): Promise<Commands[Name]['result']>;
  listen<Name extends keyof Events>(name: Name, hear: (payload: Events[Name]) => void): Promise<() => void>;
}
