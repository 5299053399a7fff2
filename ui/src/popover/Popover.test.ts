import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { announce, failing } from '../ipc/simulated';
import { live } from '../live.svelte';
import { argsOf, open } from '../test/open';

const row = async (name: string) => {
  const button = await screen.findByRole('button', { name });
  return within(button.closest('li') as HTMLElement);
};

describe('a row', () => {
  it('says what is left and how it stands', async () => {
    open('mixed', 'popover');
    const button = await screen.findByRole('button', { name: 'OpenRouter · Personal' });
    expect(button.getAttribute('aria-describedby')).toBeTruthy();
    const personal = await row('OpenRouter · Personal');
    personal.getByText('$16.55');
    personal.getByText('Low');
    personal.getByText('about 6 days left');
  });

  it('shows a dash and the reason for what is not known, and never a zero', async () => {
    open('unknown', 'popover');
    const unread = await row('OpenRouter · Personal');
    unread.getByText('—');
    unread.getAllByText('Not read yet');
    expect(document.querySelector('main')?.textContent).not.toMatch(/(?<![\d.:])0(?![\d.:])/);
  });

  it('shows what was spent where no budget limits it', async () => {
    const { user } = open('spend', 'popover');
    const name = await screen.findByRole('button', { name: 'OpenRouter · Payg' });
    const text = () => name.closest('li')?.textContent?.replace(/\s+/g, ' ');
    expect(text()).toContain('$21.99 spent');
    await user.click(name);
    expect(text()?.match(/\$21\.99 spent/g)).toHaveLength(2);
    (await row('BabySea · Batch')).getByText('17.52');
  });

  it('shows a debt as one', async () => {
    open('debt', 'popover');
    const debt = await row('OpenRouter · Personal');
    debt.getByText('−$3.20');
    debt.getByText('In debt');
  });

  it('asks for the course of what is in sight', async () => {
    open('mixed', 'popover');
    const personal = await row('OpenRouter · Personal');
    await waitFor(() =>
      expect(argsOf('recent')).toContainEqual({ account: 'openrouter-personal', meter: 'credits' }),
    );
    await waitFor(() =>
      expect(
        personal.getByText('Low').closest('.summary')?.querySelector('.course path')?.getAttribute('d'),
      ).toBeTruthy(),
    );
  });

  it('says what is unusual, to everyone', async () => {
    open('unusual', 'popover');
    const name = await screen.findByRole('button', { name: 'OpenRouter · Personal' });
    const described = name.getAttribute('aria-describedby')?.split(' ') ?? [];
    expect(described.map((id) => document.getElementById(id)?.textContent).join(' ')).toContain(
      'Unusual spend: faster than ever before here',
    );
    (await row('Stability AI')).getByText('Many refunds in a row');
    expect((await row('pre.dev · Work')).queryByText(/nusual/)).toBeNull();
  });

  it('carries the next step as a button', async () => {
    const { user } = open('mixed', 'popover');
    await user.click((await row('pre.dev · Work')).getByRole('button', { name: 'Replace key' }));
    expect(argsOf('open_window')).toEqual([{ window: 'settings', page: 'account/predev-work/key' }]);
  });
});

describe('an opened row', () => {
  it('opens and closes by keyboard', async () => {
    const { user } = open('mixed', 'popover');
    const name = await screen.findByRole('button', { name: 'OpenRouter · Personal' });
    name.focus();
    await user.keyboard('{Enter}');
    expect(name.getAttribute('aria-expanded')).toBe('true');
    const meter = screen.getByRole('meter', { name: 'Credits, left' });
    expect(meter.getAttribute('aria-valuetext')).toBe('$16.55 of $80.00');
    await user.keyboard(' ');
    expect(screen.queryByRole('meter')).toBeNull();
  });

  it('says what went wrong, since when, and when it is asked again', async () => {
    const { user } = open('key-rejected', 'popover');
    await user.click(await screen.findByRole('button', { name: 'pre.dev · Work' }));
    screen.getByText(/pre.dev rejected the key/);
    screen.getByText(/Asked again in \d+ minutes/);
  });

  it('says what was spent, how long it lasts, and leads to the history', async () => {
    const { user } = open('mixed', 'popover');
    await user.click(await screen.findByRole('button', { name: 'OpenRouter · Personal' }));
    for (const name of ['Spent today', '7 days', '30 days']) {
      const [term] = await screen.findAllByText(name);
      expect(term?.nextElementSibling?.textContent).toMatch(/^\$\d+\.\d\d$/);
    }
    screen.getByText(/^Runs out between .+ and .+, likely /);
    screen.getByText('About $2.76 a day from now on');
    await user.click(await screen.findByRole('button', { name: 'History of Credits' }));
    expect(argsOf('open_window')).toEqual([{ window: 'history', page: 'openrouter-personal/credits/USD' }]);
  });

  it('foretells nothing from an old reading', async () => {
    const { user } = open('stale', 'popover');
    const name = await screen.findByRole('button', { name: 'OpenRouter · Personal' });
    await user.click(name);
    await screen.findByRole('button', { name: 'History of Credits' });
    expect(name.closest('li')?.textContent).not.toMatch(/days left|Runs out/);
  });

  it('copies the amount', async () => {
    const { user } = open('mixed', 'popover');
    await user.click(await screen.findByRole('button', { name: 'OpenRouter · Personal' }));
    await user.click(screen.getByRole('button', { name: 'Copy amount' }));
    expect(await navigator.clipboard.readText()).toBe('$16.55');
  });

  it('is open for the account that a notification names, as often as it does', async () => {
    const { user } = open('mixed', 'popover/openrouter-personal');
    const row = await screen.findByRole('button', { name: 'OpenRouter · Personal' });
    expect(row.getAttribute('aria-expanded')).toBe('true');
    await user.click(row);
    expect(row.getAttribute('aria-expanded')).toBe('false');
    location.hash = 'popover/openrouter-personal';
    await waitFor(() => expect(row.getAttribute('aria-expanded')).toBe('true'));
  });

  it('snoozes the alerts of the account', async () => {
    const { user } = open('mixed', 'popover');
    await user.click(await screen.findByRole('button', { name: 'OpenRouter · Personal' }));
    await user.click(screen.getByRole('button', { name: 'Snooze alerts' }));
    await user.click(screen.getByRole('button', { name: '1 day' }));
    expect(argsOf('snooze')).toEqual([{ account: 'openrouter-personal', meter: null, hours: 24 }]);
    await screen.findAllByText(/Alerts snoozed until/);
  });

  it('snoozes them until it is topped up', async () => {
    const { user } = open('mixed', 'popover');
    await user.click(await screen.findByRole('button', { name: 'OpenRouter · Personal' }));
    await user.click(screen.getByRole('button', { name: 'Snooze alerts' }));
    await user.click(screen.getByRole('button', { name: 'Until topped up' }));
    expect(argsOf('snooze')).toEqual([{ account: 'openrouter-personal', meter: null, hours: null }]);
    await screen.findAllByText('Alerts snoozed until topped up');
  });

  it('says at the meter what is unusual, and what that may mean', async () => {
    const { user } = open('unusual', 'popover');
    await user.click(await screen.findByRole('button', { name: 'BabySea · Production' }));
    const opened = within(screen.getByRole('group', { name: 'BabySea · Production' }));
    opened.getByText(/Unusual spend: at an unusual hour/);
    opened.getByText(/Someone else may have the key/);
    opened.getByText(/Its requests may be failing/);
    await user.click(opened.getByRole('button', { name: 'Check keys' }));
    expect(argsOf('open_page')).toEqual([{ account: 'babysea-production', provider: null, page: 'keys' }]);
  });

  it('shows which address a key would newly go to before it is confirmed', async () => {
    const { user } = open('confirm', 'popover');
    await user.click(await screen.findByRole('button', { name: 'Review' }));
    await screen.findByText('https://gateway.example.com');
    screen.getByText('https://openrouter.ai');
    expect(argsOf('confirm_origins')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Confirm the new address' }));
    expect(argsOf('confirm_origins')).toEqual([{ account: 'openrouter-personal' }]);
  });
});

describe('the window', () => {
  it('is one banner when offline, not as many errors', async () => {
    open('offline', 'popover');
    await screen.findByText('Offline.');
    expect(screen.getAllByRole('button', { name: 'Retry' })).toHaveLength(1);
    expect(screen.queryByText('No connection')).toBeNull();
  });

  it('keeps amounts on display while it checks', async () => {
    open('stale', 'popover');
    await screen.findByRole('progressbar', { name: 'Checking' });
    screen.getByText('250.5');
  });

  it('closes on Escape, but an open menu first', async () => {
    const { user } = open('mixed', 'popover');
    await user.click(await screen.findByRole('button', { name: 'Menu' }));
    screen.getByRole('menuitem', { name: 'Quit' });
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('menuitem')).toBeNull();
    expect(argsOf('close_window')).toHaveLength(0);
    await user.keyboard('{Escape}');
    expect(argsOf('close_window')).toHaveLength(1);
  });

  it('moves through the menu with the arrow keys', async () => {
    const { user } = open('mixed', 'popover');
    (await screen.findByRole('button', { name: 'Menu' })).focus();
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{Enter}');
    expect(argsOf('change_settings')).toEqual([{ change: { paused: true } }]);
    await screen.findByText('Paused.');
  });

  it('refreshes with Ctrl+R and opens the settings with Ctrl+,', async () => {
    const { user } = open('healthy', 'popover');
    await screen.findByText('$64.20');
    await user.keyboard('{Control>}r{/Control}');
    await user.keyboard('{Control>},{/Control}');
    expect(argsOf('refresh')).toEqual([{ account: null }]);
    expect(argsOf('open_window')).toEqual([{ window: 'settings', page: null }]);
  });

  it.each([
    ['popover', 'Credit Gauge · Demo'],
    ['settings', 'Accounts · Demo'],
    ['history', 'History · Demo'],
  ])('says in %s that it is the demo', async (window, name) => {
    open('demo', window);
    const heading = await screen.findByRole('heading', { level: 1 });
    await waitFor(() => expect(heading.textContent).toBe(name));
  });

  it('says when an action failed', async () => {
    const { user } = open('healthy', 'popover');
    failing.set('refresh', { kind: 'internal', message: 'The database is locked.' });
    await user.click(await screen.findByRole('button', { name: 'Refresh' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The database is locked.');
  });

  it('keeps the focus when the order changes under it', async () => {
    open('mixed', 'popover');
    const stability = await screen.findByRole('button', { name: 'Stability AI' });
    stability.focus();
    const snapshot = structuredClone(live.snapshot);
    if (!snapshot) throw new Error('no snapshot');
    for (const account of snapshot.accounts) if (account.id === 'stability') account.level = 'empty';
    announce('snapshot', snapshot);
    await waitFor(() => expect(document.querySelector('main li h2')?.textContent).toContain('Stability AI'));
    await waitFor(() => expect(document.activeElement).toBe(stability));
  });

  it('has a notice kept away once dismissed', async () => {
    const { user } = open('notices', 'popover');
    const notice = await screen.findByText(/settings.json was damaged/);
    await user.click(within(notice.parentElement as HTMLElement).getByRole('button'));
    await waitFor(() => expect(screen.queryByText(/settings.json was damaged/)).toBeNull());
    screen.getByText(/mine.toml/);
  });
});

describe('the first run', () => {
  it('offers keys found in the environment by name and reads none', async () => {
    const { user } = open('first-run', 'popover');
    await screen.findByRole('heading', { name: 'Add your first key' });
    await user.click(await screen.findByRole('button', { name: /OPENROUTER_API_KEY/ }));
    expect(argsOf('open_window')).toEqual([
      { window: 'settings', page: 'accounts/add/openrouter/OPENROUTER_API_KEY' },
    ]);
    expect(argsOf('add_account')).toEqual([]);
  });

  it('offers to look around', async () => {
    const { user } = open('first-run', 'popover');
    await user.click(await screen.findByRole('button', { name: 'Look around with demo data' }));
    expect(argsOf('look_around')).toHaveLength(1);
  });
});
