// Which time the history window shows. Times are milliseconds since 1970.

export const ranges = ['24h', '7d', '30d', '90d', '1y', 'all'] as const;
export type Range = (typeof ranges)[number];

export const rangeLabels: Record<Range, string> = {
  '24h': '24 h',
  '7d': '7 d',
  '30d': '30 d',
  '90d': '90 d',
  '1y': '1 y',
  all: 'All',
};

/** The same for who hears it. */
export const rangeNames: Record<Range, string> = {
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  '1y': '1 year',
  all: 'All of it',
};

export interface Extent {
  from: number;
  until: number;
}

/** A chosen part. Without an end it goes on to now, whenever that is. */
export interface Part {
  from: number;
  until: number | null;
}

const hour = 3_600_000;
/** Closer there is nothing more to see: readings are minutes apart. */
const shortest = hour / 2;
const minute = hour / 60;

/** At whole minutes, where readings are and marks stand. */
function rounded({ from, until }: Extent): Extent {
  return { from: Math.floor(from / minute) * minute, until: Math.ceil(until / minute) * minute };
}

/**
 * Where a range that ends now begins; null is the first reading. Ranges of days begin at midnight and count today, so
 * that they consist of whole days, and their spend is that of the same days elsewhere.
 */
export function startOf(range: Range, now: Date): number | null {
  const midnight = (years: number, days: number) =>
    new Date(now.getFullYear() - years, now.getMonth(), now.getDate() - days).getTime();
  switch (range) {
    case '24h':
      return now.getTime() - 24 * hour;
    case '7d':
      return midnight(0, 6);
    case '30d':
      return midnight(0, 29);
    case '90d':
      return midnight(0, 89);
    case '1y':
      return midnight(1, 0);
    case 'all':
      return null;
  }
}

/** A part of what is shown, chosen with the mouse, no shorter than makes sense. */
export function zoomTo(chosen: Extent, last: number): Extent {
  const until = Math.min(Math.max(chosen.until, chosen.from + shortest), last);
  return rounded({ from: Math.min(chosen.from, until - shortest), until });
}

/** Nearer to or farther from a moment, which stays where it is on the screen; never beyond the limits. */
export function zoomBy(shown: Extent, factor: number, around: number, limits: Extent): Extent {
  const clamped = Math.min(Math.max(around, shown.from), shown.until);
  const span = Math.max((shown.until - shown.from) * factor, shortest);
  const share = (clamped - shown.from) / (shown.until - shown.from);
  const from = Math.max(clamped - span * share, limits.from);
  return rounded({ from, until: Math.min(from + span, limits.until) });
}

/** What was chosen; it follows now if it ends so near that nobody sees what is missing. */
export function partOf({ from, until }: Extent, now: number): Part {
  return { from, until: until + (until - from) / 50 >= now ? null : until };
}

/** Whether nothing is left out any more. */
export function isWhole(shown: Extent, limits: Extent): boolean {
  return shown.from <= limits.from && shown.until >= limits.until;
}
