// The series there are, as a person knows them.

import type { AccountSnapshot } from '../bindings/AccountSnapshot';
import type { SeriesInfo } from '../bindings/SeriesInfo';
import type { SeriesKey } from '../bindings/SeriesKey';
import { accountTitle, headlineMeter } from '../words';

/** A meter with a history, or one that may yet get one. */
export interface Series extends SeriesKey {
  label: string;
}

/** An account and its meters. */
export interface Recorded {
  account: string;
  name: string;
  /** The name, and why the account is not there where it is not. */
  title: string;
  series: Series[];
}

/**
 * All accounts with their series: first those that are there, in the user's order and also when they were never read,
 * then those of which only readings are left.
 */
export function recorded(accounts: AccountSnapshot[], histories: SeriesInfo[]): Recorded[] {
  const there = accounts.map((account) => {
    const past = histories.filter((series) => series.account === account.id);
    const best = headlineMeter(account)?.id;
    const rank = ({ meter, unit }: SeriesKey) => {
      const index = account.meters.findIndex((one) => one.id === meter && one.unit === unit);
      return meter === best && index >= 0 ? -1 : index >= 0 ? index : account.meters.length;
    };
    const named = past
      .toSorted((a, b) => rank(a) - rank(b))
      .map((series) => ({
        ...keyOf(series),
        label: account.meters.find(({ id }) => id === series.meter)?.label ?? series.meter,
      }));
    const name = accountTitle(account);
    return { account: account.id, name, title: name, series: distinct(named) };
  });
  const gone = [...new Set(histories.map(({ account }) => account))]
    .filter((id) => !accounts.some((account) => account.id === id))
    .map((id) => ({
      account: id,
      name: id,
      title: `${id} (removed or imported)`,
      series: distinct(
        histories
          .filter(({ account }) => account === id)
          .map((series) => ({ ...keyOf(series), label: series.meter })),
      ),
    }));
  return [...there, ...gone];
}

export function keyOf({ account, meter, unit }: SeriesKey): SeriesKey {
  return { account, meter, unit };
}

/** A name for the series among all. */
export function nameOf({ account, meter, unit }: SeriesKey): string {
  return [account, meter, unit].map(encodeURIComponent).join('/');
}

/** A series beside another, under a name of its own. */
export interface Other extends Series {
  name: string;
}

/** The series that can be drawn beside this one: of the same unit, and as far as is known telling what is left too. */
export function comparable(all: Recorded[], one: Series, accounts: AccountSnapshot[]): Other[] {
  const tellsLeft = ({ account, meter }: SeriesKey) => {
    const now = accounts.find(({ id }) => id === account)?.meters.find(({ id }) => id === meter);
    return now === undefined || now.remaining !== null;
  };
  if (!tellsLeft(one)) return [];
  return all.flatMap(({ name, series }) => {
    const fitting = series.filter(
      (other) => other.unit === one.unit && nameOf(other) !== nameOf(one) && tellsLeft(other),
    );
    return fitting.map((other) => ({
      ...other,
      name: fitting.length > 1 || other.account === one.account ? `${name}: ${other.label}` : name,
    }));
  });
}

/** Meters of one label are told apart by their unit. */
function distinct(series: Series[]): Series[] {
  return series.map((one) => {
    const isAlone = series.filter(({ label }) => label === one.label).length === 1;
    return isAlone ? one : { ...one, label: `${one.label}, ${one.unit}` };
  });
}
