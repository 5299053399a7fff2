import { describe, expect, it } from 'vitest';
import type { Forecast } from '../bindings/Forecast';
import { chart, iso, june, point } from './chart.sample';
import { fanOf, futureEnd, type Outlook } from './fan';

const now = june(10);
const day = 24 * 3_600_000;
const shown = { from: now - 30 * day, until: now };
const past = chart({ points: [point(june(1), now, '100')] });

function meter(forecast: Partial<Forecast> | null, resets: number | null = null): Outlook {
  const whole = forecast && { state: 'ok' as const, per_day: '10', runs_out: null, ...forecast };
  return { forecast: whole, resets_at: resets === null ? null : iso(resets) };
}

const runsOut = (early: number | null, likely: number | null, late: number | null) => {
  const at = (days: number | null) => (days === null ? null : iso(now + days * day));
  return { runs_out: { early: at(early), likely: at(likely), late: at(late) } };
};

describe('the fan', () => {
  it('goes from the last reading to when it runs out', () => {
    expect(fanOf(past, meter(runsOut(4, 6, 9)), now)).toEqual({
      at: now,
      left: 100,
      early: now + 4 * day,
      likely: { at: now + 6 * day, left: 0 },
      late: now + 9 * day,
      resets: null,
    });
  });

  it('opens as wide as can be told where the end is not known', () => {
    const fan = fanOf(past, meter(runsOut(100, 300, null)), now);
    expect(fan?.late).toBe(now + 400 * day);
    expect(fanOf(past, meter(runsOut(100, null, null)), now)?.likely).toBeNull();
  });

  it('goes to what will be left when the allowance comes back', () => {
    const fan = fanOf(past, meter({ state: 'lasts_until_reset' }, now + 2 * day), now);
    expect(fan?.likely).toEqual({ at: now + 2 * day, left: 80 });
    expect(fan?.early).toBeNull();
  });

  it('is not drawn where nothing can be foretold', () => {
    expect(fanOf(past, meter(null), now)).toBeNull();
    expect(fanOf(past, meter({ state: 'idle', per_day: '0' }), now)).toBeNull();
    expect(fanOf(past, meter({ state: 'not_enough_data', per_day: null }), now)).toBeNull();
    expect(fanOf(chart({}), meter(runsOut(4, 6, 9)), now)).toBeNull();
    const debt = chart({ points: [point(june(1), now, '-3')] });
    expect(fanOf(debt, meter(runsOut(0, 0, 0)), now)).toBeNull();
  });
});

describe('the future', () => {
  const end = (runs: ReturnType<typeof runsOut>, resets: number | null = null) => {
    const fan = fanOf(past, meter(runs, resets), now);
    if (!fan) throw new Error('no fan');
    return (futureEnd(fan, shown) - now) / day;
  };

  it('is shown up to the end of the fan', () => {
    expect(end(runsOut(4, 6, 9))).toBeGreaterThan(9);
    expect(end(runsOut(4, 6, 9))).toBeLessThan(11);
  });

  it('never takes more than a third', () => {
    expect(end(runsOut(4, 60, 300))).toBe(15);
  });

  it('is hinted at where its beginning is far away', () => {
    expect(end(runsOut(100, 200, 300))).toBeCloseTo(5);
  });
});
