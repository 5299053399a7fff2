import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { announce, failing, simulated } from '../ipc/simulated';
import { argsOf, open } from '../test/open';

const slider = () => screen.findByRole('slider', { name: 'Time' });
const valueText = (element: Element) => element.getAttribute('aria-valuetext') ?? '';

/** The figure of that name. */
async function figure(name: string | RegExp): Promise<string> {
  const term = await screen.findByText(name, { selector: 'dt' });
  return term.nextElementSibling?.textContent?.trim() ?? '';
}

describe('what is shown', () => {
  it('is what is left, what was spent and how long it lasts', async () => {
    open('history', 'history/openrouter-personal');
    expect(await figure('Left now')).toBe('$16.55');
    expect(await figure('Spent')).toMatch(/^\$\d+\.\d\d$/);
    expect(await figure('Expected a day')).toBe('$2.76');
    expect(await figure('Forecast')).toMatch(/^Runs out between .+ and .+, likely /);
  });

  it('is never a zero where one reading cannot tell', async () => {
    open('history', 'history/openrouter-one-reading');
    expect(await figure('Left now')).toBe('$25.00');
    expect(await figure('Spent')).toContain('—');
    expect(await figure('Forecast')).toBe('Not enough data yet');
    expect(valueText(await slider())).toMatch(/, unknown spent on /);
  });

  it('is what was used, where nothing says what is left', async () => {
    open('history', 'history/openrouter-spend-only');
    expect(await figure('Used now')).toBe('$48.40');
    expect(screen.queryByText('Topped up')).toBeNull();
  });

  it('says how an allowance stands against its reset', async () => {
    open('history', 'history/babysea-quota');
    expect(await figure('Forecast')).toMatch(/^Lasts until it resets on /);
  });

  it('foretells nothing from an old reading', async () => {
    open('stale', 'history/openrouter-personal');
    expect(await figure(/^Left, /)).toBe('$16.55');
    expect(screen.queryByText('Forecast')).toBeNull();
  });

  it('says so when there is nothing yet', async () => {
    open('mixed', 'history/predev-work');
    await screen.findByText(/was never read/);
  });

  it('leads on where there are no accounts', async () => {
    const { user } = open('first-run', 'history');
    await user.click(await screen.findByRole('button', { name: 'Add account' }));
    expect(argsOf('open_window')).toEqual([{ window: 'settings', page: 'accounts/add' }]);
    await user.click(screen.getByRole('button', { name: 'Import CSV…' }));
    expect(argsOf('import_history')).toHaveLength(1);
  });

  it('says why there is nothing', async () => {
    open('history', 'history');
    failing.set('chart', { kind: 'internal', message: 'The database is locked.' });
    await screen.findByText('The database is locked.');
  });
});

describe('the pickers', () => {
  it('switch to another account and another meter', async () => {
    const { user } = open('history', 'history');
    await user.selectOptions(await screen.findByLabelText('Account'), 'BabySea · Quota');
    expect(await figure('Left now')).toMatch(/^620\scredits$/);
    await user.selectOptions(screen.getByLabelText('Meter'), 'Wallet');
    await waitFor(async () => expect(await figure('Left now')).toBe('$18.40'));
  });

  it('keep what is left of an account that was removed', async () => {
    const { user } = open('history', 'history');
    await user.selectOptions(
      await screen.findByLabelText('Account'),
      'openrouter-old-laptop (removed or imported)',
    );
    expect(await figure(/^Left, /)).toMatch(/^\$/);
    expect(await figure('Forecast')).toMatch(/^Runs out between /);
    expect(argsOf('forecast').at(-1)).toEqual({
      account: 'openrouter-old-laptop',
      meter: 'credits',
      unit: 'USD',
    });
  });

  it('ask for a range of whole days', async () => {
    const { user } = open('history', 'history');
    await user.click(await screen.findByRole('button', { name: '7 days' }));
    const { from, until } = argsOf('chart').at(-1) as { from: string; until: null };
    const start = new Date(from);
    expect([start.getHours(), start.getMinutes(), until]).toEqual([0, 0, null]);
    expect(Math.round((Date.now() - start.getTime()) / 86_400_000)).toBeLessThanOrEqual(7);
    expect(screen.getByRole('button', { name: '7 days' }).getAttribute('aria-pressed')).toBe('true');
    await user.click(screen.getByRole('button', { name: 'All of it' }));
    expect(argsOf('chart').at(-1)).toMatchObject({ from: null, until: null });
  });
});

describe('the crosshair', () => {
  it('moves with the arrow keys and reads out what was known then', async () => {
    const { user } = open('history', 'history/openrouter-personal');
    (await slider()).focus();
    expect(valueText(await slider())).toContain('$16.55 left');
    await user.keyboard('{Home}');
    const first = valueText(await slider());
    expect(first).toMatch(/\$\d+\.\d\d left, \$\d+\.\d\d spent on /);
    await user.keyboard('{ArrowRight}{ArrowRight}{PageUp}');
    expect(valueText(await slider())).not.toBe(first);
  });

  it('says where nobody looked, and what was spent meanwhile', async () => {
    const { user } = open('history', 'history/openrouter-gaps');
    (await slider()).focus();
    await user.keyboard('{End}');
    for (let step = 0; step < 12; step++) await user.keyboard('{PageDown}');
    const texts: string[] = [];
    for (let step = 0; step < 40; step++) {
      await user.keyboard('{Shift>}{ArrowRight}{/Shift}');
      texts.push(valueText(await slider()));
    }
    expect(
      texts.some((text) => /Unknown, not read from .+ until .+; \$\d+\.\d\d spent meanwhile/.test(text)),
    ).toBe(true);
  });
});

describe('zoom', () => {
  it('goes in and out by keyboard, and stays when something new is read', async () => {
    const { user } = open('history', 'history/openrouter-personal');
    (await slider()).focus();
    await user.keyboard('{PageDown}{PageDown}{PageDown}{PageDown}{PageDown}++');
    const zoomed = argsOf('chart').at(-1) as { from: string; until: string };
    expect(Date.parse(zoomed.until) - Date.parse(zoomed.from)).toBeLessThan(8 * 86_400_000);
    announce('snapshot', await simulated.invoke('snapshot', {}));
    await waitFor(() => expect(argsOf('chart').at(-1)).toEqual(zoomed));
    await user.click(screen.getByRole('button', { name: 'Reset zoom' }));
    await waitFor(() => expect(argsOf('chart').at(-1)).toMatchObject({ until: null }));
    expect(screen.queryByRole('button', { name: 'Reset zoom' })).toBeNull();
  });

  it('follows now where it ends there', async () => {
    const { user } = open('history', 'history/openrouter-personal');
    (await slider()).focus();
    await user.keyboard('++');
    const { from, until } = argsOf('chart').at(-1) as { from: string; until: null };
    expect(until).toBeNull();
    expect(Date.now() - Date.parse(from)).toBeLessThan(8 * 86_400_000);
    await screen.findByRole('button', { name: 'Reset zoom' });
  });
});

describe('the tables', () => {
  it('say what was spent on each day, and between days what belongs to none', async () => {
    const { user } = open('history', 'history/openrouter-gaps');
    await user.click(await screen.findByRole('button', { name: 'Days' }));
    const table = await screen.findByRole('table', { name: 'Spend a day, OpenRouter · Gaps: Credits' });
    const rows = within(table).getAllByRole('row');
    expect(rows.length).toBeGreaterThan(30);
    expect(within(table).getAllByText('—').length).toBeGreaterThan(0);
    const between = within(table).getAllByRole('rowheader', { name: / – / });
    expect(between.length).toBeGreaterThan(0);
    expect(between[0]?.parentElement?.textContent).toMatch(/\$\d/);
  });

  it('list the readings page by page, newest first', async () => {
    const { user } = open('history', 'history/openrouter-personal');
    await user.click(await screen.findByRole('button', { name: 'Readings' }));
    const table = await screen.findByRole<HTMLTableElement>('table', {
      name: 'Readings, OpenRouter · Personal: Credits',
    });
    expect(table.rows).toHaveLength(201);
    expect(table.rows[1]?.textContent).toContain('$16.55');
    await user.click(screen.getByText('Show more'));
    await waitFor(() => expect(table.rows).toHaveLength(401));
    const { before } = argsOf('readings').at(-1) as { before: string };
    expect(Date.parse(before)).toBeLessThan(Date.now());
    announce('snapshot', await simulated.invoke('snapshot', {}));
    await waitFor(() => expect(argsOf('readings')).toHaveLength(3));
    expect(table.rows).toHaveLength(401);
  });

  it('show amounts as elsewhere, and the exact one when pointed at', async () => {
    const { user } = open('history', 'history/openrouter-tiny');
    await user.click(await screen.findByRole('button', { name: 'Readings' }));
    const [exact] = await screen.findAllByTitle('0.000420 USD');
    expect(exact?.textContent).toBe('$0.00042');
  });
});

describe('a comparison', () => {
  it('is of accounts of one unit only, and adds them up', async () => {
    const { user } = open('history', 'history/openrouter-personal');
    await user.click(await screen.findByText('Compare'));
    expect(screen.queryByLabelText('pre.dev · Tokens')).toBeNull();
    await user.click(screen.getByLabelText('OpenRouter · Idle'));
    const table = await screen.findByRole('table', { name: 'Comparison' });
    const row = (name: RegExp) => within(table).getByRole('row', { name }).textContent;
    expect(row(/OpenRouter · Idle/)).toContain('$60.00');
    expect(row(/Together/)).toContain('$76.55');
    await user.click(screen.getByLabelText('OpenRouter · Idle'));
    await waitFor(() => expect(screen.queryByRole('table', { name: 'Comparison' })).toBeNull());
  });
});

describe('export and import', () => {
  const choose = async (user: ReturnType<typeof open>['user'], name: string) => {
    await user.click(await screen.findByRole('button', { name: 'Export and import' }));
    await user.click(screen.getByRole('menuitem', { name }));
  };

  it('write the series on display', async () => {
    const { user } = open('history', 'history/openrouter-personal');
    await slider();
    await choose(user, 'Export as CSV…');
    expect(argsOf('export_history')).toEqual([
      { series: [{ account: 'openrouter-personal', meter: 'credits', unit: 'USD' }], format: 'csv' },
    ]);
    await screen.findByText('Saved as /home/ada/Documents/openrouter-personal.csv');
  });

  it('take readings in and say how many', async () => {
    const { user } = open('history', 'history');
    await slider();
    await choose(user, 'Import CSV…');
    await screen.findByText('1,204 readings added, 96 known before');
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText(/readings added/)).toBeNull();
  });

  it('say what came of it until another account is looked at', async () => {
    const { user } = open('history', 'history');
    await slider();
    await choose(user, 'Import CSV…');
    await screen.findByText(/readings added/);
    await user.selectOptions(screen.getByLabelText('Account'), 'BabySea · Quota');
    await waitFor(() => expect(screen.queryByText(/readings added/)).toBeNull());
  });

  it('say line and reason when a file is wrong', async () => {
    const { user } = open('history', 'history');
    await slider();
    failing.set('import_history', {
      kind: 'file',
      message: 'Nothing was imported from a.csv: line 3: “x” is no amount',
    });
    await choose(user, 'Import CSV…');
    expect((await screen.findByRole('alert')).textContent).toContain('line 3: “x” is no amount');
  });
});
