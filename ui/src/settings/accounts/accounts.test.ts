import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { failing } from '../../ipc/simulated';
import { argsOf, open } from '../../test/open';

const draft = {
  provider: 'openrouter',
  label: null,
  key: 'sk-or-good',
  key_env: null,
  inputs: {},
  secret_inputs: {},
  base_url: null,
};

describe('adding an account', () => {
  it('goes from the catalogue to a saved key', async () => {
    const { user } = open('first-run', 'settings/accounts/add');
    await user.type(await screen.findByRole('searchbox'), 'router');
    expect(screen.getAllByRole('link').filter((link) => link.closest('main'))).toHaveLength(2);
    await user.click(screen.getByRole('link', { name: /OpenRouter/ }));

    const key = await screen.findByLabelText('Key');
    expect(key.getAttribute('type')).toBe('password');
    expect(key.getAttribute('autocomplete')).toBe('off');
    await user.type(key, ' sk-or-good ');
    await user.click(screen.getByRole('button', { name: 'Test' }));
    await screen.findByText(/The key works/);
    screen.getByText('$64.20');
    expect(argsOf('test_key')).toEqual([{ draft }]);
    expect(argsOf('add_account')).toEqual([]);

    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByRole('heading', { name: 'Accounts' });
    expect(argsOf('add_account')).toEqual([{ draft, verify: true }]);
    await screen.findByText('…good');
    expect(document.body.innerHTML).not.toContain('sk-or-good');
  });

  it('opens the only provider found on Enter', async () => {
    const { user } = open('first-run', 'settings/accounts/add');
    await user.type(await screen.findByRole('searchbox'), 'e{Enter}');
    screen.getByRole('searchbox');
    await user.type(screen.getByRole('searchbox'), '{Backspace}router{Enter}');
    await screen.findByRole('heading', { name: 'Add OpenRouter' });
  });

  it('saves a key that could not be checked only when told to', async () => {
    const { user } = open('healthy', 'settings/accounts/add/openrouter');
    await user.type(await screen.findByLabelText('Key'), 'sk-offline');
    await user.keyboard('{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('cannot be reached');
    // Enter in the field tries again; it must not stand for “Save anyway”.
    await user.keyboard('{Enter}');
    await waitFor(() => expect(argsOf('add_account')).toHaveLength(2));
    expect(argsOf('add_account')).toMatchObject([{ verify: true }, { verify: true }]);
    await user.click(await screen.findByRole('button', { name: 'Save anyway' }));
    await screen.findByRole('heading', { name: 'Accounts' });
    expect(argsOf('add_account').at(-1)).toMatchObject({ verify: false });
  });

  it('does not offer to save a key that the provider rejected', async () => {
    const { user } = open('healthy', 'settings/accounts/add/openrouter');
    await user.type(await screen.findByLabelText('Key'), 'sk-bad');
    await user.keyboard('{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('rejected the key');
    expect(screen.queryByRole('button', { name: 'Save anyway' })).toBeNull();
  });

  it('forgets what a test found once something is edited', async () => {
    const { user } = open('healthy', 'settings/accounts/add/openrouter');
    const key = await screen.findByLabelText('Key');
    await user.type(key, 'sk-good');
    await user.click(screen.getByRole('button', { name: 'Test' }));
    await screen.findByText(/The key works/);
    await user.type(key, '2');
    expect(screen.queryByText(/The key works/)).toBeNull();
  });

  it('does not offer to save without a keychain', async () => {
    const { user } = open('healthy', 'settings/accounts/add/openrouter');
    failing.set('add_account', { kind: 'keychain', message: 'No keychain service answers.' });
    await user.type(await screen.findByLabelText('Key'), 'sk-good');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByRole('button', { name: 'Open keychain help' });
    expect(screen.queryByRole('button', { name: 'Save anyway' })).toBeNull();
  });

  it('points at what is missing and asks nothing', async () => {
    const { user } = open('healthy', 'settings/accounts/add/gateway');
    await user.click(await screen.findByRole('button', { name: 'Save' }));
    const token = screen.getByLabelText('Admin token');
    expect(token.getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(token.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      'needed',
    );
    expect(argsOf('add_account')).toEqual([]);
  });

  it('sends secret inputs apart from the open ones', async () => {
    const { user } = open('healthy', 'settings/accounts/add/gateway');
    await user.type(await screen.findByLabelText('Key'), 'k-123456');
    await user.type(screen.getByLabelText('Admin token'), 's3cret');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByRole('heading', { name: 'Accounts' });
    expect(argsOf('add_account')).toMatchObject([
      { draft: { inputs: {}, secret_inputs: { admin: 's3cret' } } },
    ]);
  });

  it('takes a key from the environment without seeing it', async () => {
    const { user } = open('first-run', 'settings/accounts/add/openrouter/OPENROUTER_API_KEY');
    await screen.findByRole('heading', { name: 'Add OpenRouter' });
    expect(screen.queryByLabelText('Key')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByRole('heading', { name: 'Accounts' });
    expect(argsOf('add_account')).toMatchObject([{ draft: { key: '', key_env: 'OPENROUTER_API_KEY' } }]);
  });
});

const menuItem = async (user: ReturnType<typeof open>['user'], account: string, item: string) => {
  await user.click(await screen.findByRole('button', { name: `More for ${account}` }));
  await user.click(screen.getByRole('menuitem', { name: item }));
};

describe('the list', () => {
  it('says how much each account has left or has spent', async () => {
    open('spend', 'settings/accounts');
    const item = (await screen.findByRole('heading', { name: 'OpenRouter · Payg' })).closest('li');
    expect(item?.textContent?.replace(/\s+/g, ' ')).toContain('$21.99 spent · No budget set');
    screen.getByText('$16.55');
  });

  it('shows the last four characters of a key and no more', async () => {
    open('healthy', 'settings/accounts');
    await screen.findByText('…a1b2');
    screen.getByText('Key from the environment');
  });

  it('moves an account by keyboard and keeps the focus on it', async () => {
    const { user } = open('healthy', 'settings/accounts');
    const down = await screen.findByRole('button', { name: 'Move OpenRouter · Personal down' });
    down.focus();
    await user.keyboard('{Enter}');
    expect(argsOf('order_accounts')).toEqual([
      { accounts: ['stability', 'openrouter-personal', 'babysea-production', 'predev-work'] },
    ]);
    await waitFor(() => expect(document.activeElement).toBe(down));
    await screen.findByText('OpenRouter · Personal is now number 2 of 4');
  });

  it('renames in place', async () => {
    const { user } = open('healthy', 'settings/accounts');
    await menuItem(user, 'OpenRouter · Personal', 'Rename');
    await user.keyboard('Mine{Enter}');
    await screen.findByRole('heading', { name: 'OpenRouter · Mine' });
    expect(argsOf('change_account')).toEqual([{ account: 'openrouter-personal', change: { label: 'Mine' } }]);
  });

  it('leaves the name alone on Escape', async () => {
    const { user } = open('healthy', 'settings/accounts');
    await menuItem(user, 'OpenRouter · Personal', 'Rename');
    await user.keyboard('Mine{Escape}');
    await screen.findByRole('heading', { name: 'OpenRouter · Personal' });
    expect(argsOf('change_account')).toEqual([]);
  });

  it('asks once before it removes, and keeps the history unless told', async () => {
    const { user } = open('healthy', 'settings/accounts');
    await menuItem(user, 'Stability AI', 'Remove…');
    let dialog = within(screen.getByRole('dialog', { name: 'Remove Stability AI?' }));
    await user.click(dialog.getByRole('button', { name: 'Cancel' }));
    expect(argsOf('remove_account')).toEqual([]);

    await menuItem(user, 'Stability AI', 'Remove…');
    dialog = within(screen.getByRole('dialog'));
    dialog.getByText(/deleted from the keychain/);
    await user.click(dialog.getByRole('checkbox', { name: 'Also forget its history' }));
    await user.click(dialog.getByRole('button', { name: 'Remove' }));
    expect(argsOf('remove_account')).toEqual([{ account: 'stability', forget: true }]);
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Stability AI' })).toBeNull());
  });
});

describe('editing', () => {
  it('changes the name, the address and what 100% means', async () => {
    const { user } = open('healthy', 'settings/account/openrouter-personal');
    const full = await screen.findByLabelText('100% of Credits, in USD');
    await user.type(full, 'lots');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(full.getAttribute('aria-invalid')).toBe('true');
    expect(argsOf('change_account')).toEqual([]);
    await user.clear(full);
    await user.type(full, '100');
    await user.type(screen.getByLabelText('Base URL'), 'https://gateway.example.com/v1');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(argsOf('change_account')).toEqual([
      {
        account: 'openrouter-personal',
        change: {
          label: 'Personal',
          base_url: 'https://gateway.example.com/v1',
          inputs: {},
          full: { credits: '100' },
        },
      },
    ]);
  });

  it('replaces the key', async () => {
    const { user } = open('key-rejected', 'settings/account/predev-work/key');
    const key = await screen.findByLabelText('New key');
    expect(document.activeElement).toBe(key);
    await user.keyboard('new-key-7777');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('…7777');
    expect(argsOf('replace_key')).toEqual([
      { account: 'predev-work', key: 'new-key-7777', secret_inputs: {}, verify: true },
    ]);
  });
});
