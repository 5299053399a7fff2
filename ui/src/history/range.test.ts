import { describe, expect, it } from 'vitest';
import { isWhole, partOf, startOf, zoomBy, zoomTo } from './range';

const hour = 3_600_000;
const now = new Date(2026, 10, 21, 14, 30);

describe('ranges', () => {
  it('of days begin at midnight and count today', () => {
    expect(startOf('7d', now)).toBe(new Date(2026, 10, 15).getTime());
    expect(startOf('1y', now)).toBe(new Date(2025, 10, 21).getTime());
  });

  it('of hours end now, and all of it has no beginning of its own', () => {
    expect(startOf('24h', now)).toBe(now.getTime() - 24 * hour);
    expect(startOf('all', now)).toBeNull();
  });
});

describe('zoom', () => {
  const limits = { from: 0, until: 1000 * hour };

  it('keeps the moment it is about where it is', () => {
    expect(zoomBy(limits, 0.5, 500 * hour, limits)).toEqual({ from: 250 * hour, until: 750 * hour });
    expect(zoomBy(limits, 0.5, 1000 * hour, limits)).toEqual({ from: 500 * hour, until: 1000 * hour });
  });

  it('goes back to the whole and no further', () => {
    const part = { from: 600 * hour, until: 900 * hour };
    const out = zoomBy(part, 4, 700 * hour, limits);
    expect(out).toEqual({ from: 300 * hour, until: 1000 * hour });
    expect(isWhole(zoomBy(out, 4, 700 * hour, limits), limits)).toBe(true);
  });

  it('never comes closer than makes sense', () => {
    const { from, until } = zoomTo({ from: 10 * hour, until: 10 * hour + 1 }, limits.until);
    expect(until - from).toBeGreaterThanOrEqual(hour / 2);
    const near = zoomBy({ from: 0, until: hour }, 0.01, hour / 2, limits);
    expect(near.until - near.from).toBeGreaterThanOrEqual(hour / 2);
  });

  it('follows now where it ends there, and nowhere else', () => {
    const end = (until: number) => partOf({ from: until - 100 * hour, until }, limits.until).until;
    expect(end(1000 * hour)).toBeNull();
    expect(end(999 * hour)).toBeNull();
    expect(end(990 * hour)).toBe(990 * hour);
  });

  it('ends now where the future was chosen too', () => {
    expect(zoomTo({ from: 900 * hour, until: 1200 * hour }, limits.until).until).toBe(limits.until);
  });
});
