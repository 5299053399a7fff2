import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { announce, failing } from '../ipc/simulated';
import { live } from '../live.svelte';
import { argsOf, open } from '../test/open';

describe('alerts', () => {
  it('saves changed rules as a whole, and nothing that is no threshold', async () => {
    const { user } = open('healthy', 'settings/alerts');
    const form = within(await screen.findByRole('form', { name: 'Default rules' }));
    const first = form.getByLabelText('Threshold 1');
    await user.clear(first);
    await user.type(first, '130%');
    form.getByText(/Write a percentage/);
    expect(form.getByRole<HTMLButtonElement>('button', { name: 'Save rules' }).disabled).toBe(true);
    await user.clear(first);
    await user.type(first, '30 %');
    await user.click(form.getByRole('button', { name: 'Remove rule 3' }));
    await user.click(form.getByRole('button', { name: 'Save rules' }));
    expect(argsOf('change_settings')).toEqual([
      {
        change: {
          rules: [
            { below: '30%', severity: 'warning' },
            { below: '10%', severity: 'critical' },
            { below: 'empty', severity: 'empty' },
          ],
        },
      },
    ]);
  });

  it('says what may be typed before anything is wrong', async () => {
    open('mixed', 'settings/alerts');
    const form = within(
      await screen.findByRole('form', { name: 'Rules for OpenRouter · Personal: Credits' }),
    );
    form.getByText(
      /^A threshold is a percentage such as 25%, an amount above zero such as \$20\.00, a time until/,
    );
  });

  it('says when a rule fires at today’s pace, while it is being typed', async () => {
    const { user } = open('mixed', 'settings/alerts');
    const form = within(
      await screen.findByRole('form', { name: 'Rules for OpenRouter · Personal: Credits' }),
    );
    form.getByText(/At today’s pace this fires/);
    const first = form.getByLabelText<HTMLInputElement>('Threshold 1');
    await user.clear(first);
    await user.type(first, '200 days');
    form.getByText('Crossed already');
  });

  it('offers no rules for a meter of which nothing can be used up', async () => {
    open('spend', 'settings/alerts');
    const choice = await screen.findByRole('combobox', { name: 'Meter to give rules of its own' });
    expect(
      within(choice)
        .getAllByRole('option')
        .map((option) => option.textContent),
    ).toEqual(['Choose a meter…', 'OpenRouter · Personal: Credits']);
  });

  it('does not take away what is being typed when the settings change elsewhere', async () => {
    const { user } = open('healthy', 'settings/alerts');
    const form = within(await screen.findByRole('form', { name: 'Default rules' }));
    const first = form.getByLabelText<HTMLInputElement>('Threshold 1');
    await user.type(first, '5');
    if (!live.settings) throw new Error('no settings');
    announce('settings', { ...live.settings, rules: [] });
    await waitFor(() => expect(live.settings?.rules).toEqual([]));
    expect(first.value).toBe('25%5');
    expect(first.isConnected).toBe(true);
  });

  it('gives one meter rules of its own, in its unit', async () => {
    const { user } = open('mixed', 'settings/alerts');
    const form = within(
      await screen.findByRole('form', { name: 'Rules for OpenRouter · Personal: Credits' }),
    );
    form.getByText('USD');
    await user.click(form.getByRole('button', { name: 'Add rule' }));
    await user.keyboard('5');
    await user.selectOptions(form.getByLabelText('Severity 3'), 'critical');
    await user.click(form.getByRole('button', { name: 'Save rules' }));
    expect(argsOf('change_account')).toEqual([
      {
        account: 'openrouter-personal',
        change: {
          rules: {
            credits: [
              { below: '20', severity: 'warning' },
              { below: 'empty', severity: 'empty' },
              { below: '5', severity: 'critical' },
            ],
          },
        },
      },
    ]);
  });

  it('goes back to the default rules', async () => {
    const { user } = open('mixed', 'settings/alerts');
    await user.click(await screen.findByRole('button', { name: /^Back to default/ }));
    expect(argsOf('change_account')).toEqual([{ account: 'openrouter-personal', change: { rules: {} } }]);
  });

  it('lists what was raised and whether it was delivered', async () => {
    open('mixed', 'settings/alerts');
    const table = within(await screen.findByRole('table', { name: 'Raised alerts' }));
    await table.findByText('OpenRouter · Personal: Credits at 25%');
    expect(table.getAllByText(/^notified/).length).toBeGreaterThan(0);
    table.getByText(/^not notified, snoozed until/);
  });

  it('tells how the test notification went', async () => {
    const { user } = open('healthy', 'settings/alerts');
    await user.click(await screen.findByRole('button', { name: 'Send a test notification' }));
    await screen.findByText(/^Sent. Nothing to see/);
    failing.set('test_notification', { kind: 'internal', message: 'No notification service runs.' });
    await user.click(screen.getByRole('button', { name: 'Send a test notification' }));
    expect((await screen.findByRole('alert')).textContent).toContain('No notification service runs.');
    expect(screen.queryByText(/^Sent/, { selector: '.small' })).toBeNull();
  });
});

describe('general', () => {
  it('applies a choice at once and keeps the rest', async () => {
    const { user } = open('healthy', 'settings/general');
    await user.click(await screen.findByRole('radio', { name: 'Dark' }));
    expect(document.documentElement.dataset.theme).toBe('dark');
    await user.selectOptions(screen.getByLabelText('Check every'), '15 minutes');
    expect(argsOf('change_settings')).toEqual([
      { change: { theme: 'dark' } },
      { change: { poll_interval_seconds: 900 } },
    ]);
    expect(live.settings).toMatchObject({ theme: 'dark', poll_interval_seconds: 900, launch_at_login: true });
  });

  it('goes back to what holds when it cannot be saved', async () => {
    const { user } = open('healthy', 'settings/general');
    failing.set('change_settings', {
      kind: 'settings',
      message: 'settings.json cannot be written: disk full.',
    });
    await user.click(await screen.findByRole('checkbox', { name: 'Pause' }));
    expect((await screen.findByRole('alert')).textContent).toContain('disk full');
    expect(live.settings?.paused).toBe(false);
    await waitFor(() =>
      expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'Pause' }).checked).toBe(false),
    );
  });
});

describe('providers', () => {
  it('marks the user’s own and what they replace, and shows what is wrong with a definition', async () => {
    open('notices', 'settings/providers');
    await screen.findByText('Yours, replaces the built-in');
    screen.getByText('Yours');
    await screen.findByText(/mine.toml, line 12/);
  });
});

describe('about', () => {
  it('copies the diagnostics', async () => {
    const { user } = open('healthy', 'settings/about');
    await user.click(await screen.findByRole('button', { name: 'Copy diagnostics' }));
    await screen.findByRole('button', { name: 'Copied' });
    expect(await navigator.clipboard.readText()).toContain('Credit Gauge 0.1.0');
  });

  it('says what to do without a keychain and without a tray', async () => {
    const { user } = open('keychain-missing', 'settings/about');
    await user.click(await screen.findByRole('button', { name: 'Open keychain help' }));
    await user.click(screen.getByRole('button', { name: 'Open tray help' }));
    expect(argsOf('open_help')).toEqual([{ topic: 'keychain' }, { topic: 'tray' }]);
  });
});

it('closes on Ctrl+W', async () => {
  const { user } = open('healthy', 'settings');
  await screen.findByRole('heading', { name: 'Accounts' });
  await user.keyboard('{Control>}w{/Control}');
  expect(argsOf('close_window')).toHaveLength(1);
});

it('shows the page that it is asked to show', async () => {
  open('healthy', 'settings');
  await screen.findByRole('heading', { name: 'Accounts' });
  announce('show', 'alerts');
  await screen.findByRole('heading', { name: 'Alerts' });
});
