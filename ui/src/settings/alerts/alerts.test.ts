import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { failing } from '../../ipc/simulated';
import { live } from '../../live.svelte';
import { argsOf, open } from '../../test/open';

/** Sets a time at once; as it is typed, parts of it are times as well. */
async function setTime(field: HTMLElement, value: string) {
  await fireEvent.input(field, { target: { value } });
  await fireEvent.change(field);
}

const hookForm = (name: string) => within(screen.getByRole('form', { name }));

describe('default rules', () => {
  it('say for which account each fires first, and who is past it', async () => {
    const { user } = open('unusual', 'settings/alerts');
    const form = within(await screen.findByRole('form', { name: 'Default rules' }));
    await form.findByText('Crossed already by OpenRouter · Personal');
    form.getAllByText(/^At today’s pace this fires first for OpenRouter · Personal: /);
    const first = form.getByLabelText('Threshold 1');
    await user.clear(first);
    await user.type(first, '99%');
    form.getByText('Crossed already by 3 accounts');
  });

  it('may be no more than a note', async () => {
    const { user } = open('healthy', 'settings/alerts');
    const form = within(await screen.findByRole('form', { name: 'Default rules' }));
    await user.selectOptions(form.getByLabelText('Severity 1'), 'Note');
    await user.click(form.getByRole('button', { name: 'Save rules' }));
    expect(argsOf('change_settings')).toMatchObject([
      { change: { rules: [{ below: '25%', severity: 'info' }, {}, {}, {}] } },
    ]);
  });
});

describe('quiet hours', () => {
  const quiet = () => screen.findByRole<HTMLInputElement>('checkbox', { name: /^Keep quiet/ });

  it('begin with a night, and come back as they were', async () => {
    const { user } = open('healthy', 'settings/alerts');
    await user.click(await quiet());
    const until = await screen.findByLabelText<HTMLInputElement>('until');
    await setTime(until, '06:30');
    await user.click(await quiet());
    expect(screen.queryByLabelText('until')).toBeNull();
    await user.click(await quiet());
    expect(argsOf('change_settings')).toEqual([
      { change: { quiet_hours: { from: '22:00', until: '07:00' } } },
      { change: { quiet_hours: { from: '22:00', until: '06:30' } } },
      { change: { quiet_hours: null } },
      { change: { quiet_hours: { from: '22:00', until: '06:30' } } },
    ]);
  });

  it('are not saved while they are no time', async () => {
    open('unusual', 'settings/alerts');
    const from = await screen.findByLabelText<HTMLInputElement>('From');
    await setTime(from, '');
    screen.getByText(/^Write a time/);
    await setTime(from, '07:30');
    screen.getByText('Both times are the same.');
    expect(argsOf('change_settings')).toEqual([]);
  });

  it('go back to what holds when they cannot be saved', async () => {
    open('unusual', 'settings/alerts');
    failing.set('change_settings', { kind: 'settings', message: 'disk full' });
    const from = await screen.findByLabelText<HTMLInputElement>('From');
    await setTime(from, '21:00');
    await screen.findByRole('alert');
    await waitFor(() => expect(from.value).toBe('22:00'));
  });
});

it('good news can be left out', async () => {
  const { user } = open('healthy', 'settings/alerts');
  await user.click(await screen.findByRole('checkbox', { name: /topped up or its allowance is back/ }));
  expect(argsOf('change_settings')).toEqual([{ change: { good_news: false } }]);
});

describe('the summary', () => {
  it('comes when it is wanted', async () => {
    const { user } = open('healthy', 'settings/alerts');
    const summary = within(await screen.findByRole('group', { name: 'Summary' }));
    expect(summary.queryByLabelText('at')).toBeNull();
    await user.selectOptions(summary.getByLabelText('How often'), 'Every day');
    expect(summary.queryByLabelText('on')).toBeNull();
    await user.selectOptions(summary.getByLabelText('How often'), 'Every week');
    await user.selectOptions(summary.getByLabelText('on'), 'Friday');
    const at = summary.getByLabelText('at');
    await setTime(at, '17:30');
    expect(argsOf('change_settings')).toEqual([
      { change: { summary: { every: 'daily', at: '09:00', on: 'monday' } } },
      { change: { summary: { every: 'weekly', at: '09:00', on: 'monday' } } },
      { change: { summary: { every: 'weekly', at: '09:00', on: 'friday' } } },
      { change: { summary: { every: 'weekly', at: '17:30', on: 'friday' } } },
    ]);
  });

  it('can be seen at once', async () => {
    const { user } = open('healthy', 'settings/alerts');
    await user.click(await screen.findByRole('button', { name: 'Show it now' }));
    expect(argsOf('test_summary')).toHaveLength(1);
  });
});

describe('unusual spend', () => {
  it('is watched for each account until that is switched off', async () => {
    const { user } = open('mixed', 'settings/alerts');
    const accounts = within(await screen.findByRole('group', { name: 'Unusual spend' }));
    const research = accounts.getByRole<HTMLInputElement>('checkbox', { name: 'OpenRouter · Research' });
    expect(research.checked).toBe(true);
    await user.click(research);
    expect(argsOf('change_account')).toEqual([
      { account: 'openrouter-research', change: { unusual: false } },
    ]);
    await waitFor(() => expect(research.checked).toBe(false));
  });

  it('stays as it was when that cannot be saved', async () => {
    const { user } = open('mixed', 'settings/alerts');
    failing.set('change_account', { kind: 'account', message: 'disk full' });
    const accounts = within(await screen.findByRole('group', { name: 'Unusual spend' }));
    const research = accounts.getByRole<HTMLInputElement>('checkbox', { name: 'OpenRouter · Research' });
    await user.click(research);
    await screen.findByRole('alert');
    expect(research.checked).toBe(true);
  });
});

it('the alerts of an account can be snoozed until it is topped up', async () => {
  const { user } = open('mixed', 'settings/alerts');
  await user.selectOptions(await screen.findByLabelText('Account to snooze'), 'OpenRouter · Personal');
  await user.selectOptions(screen.getByLabelText('How long to snooze'), 'Until topped up');
  await user.click(screen.getByRole('button', { name: 'Snooze' }));
  expect(argsOf('snooze')).toEqual([{ account: 'openrouter-personal', meter: null, hours: null }]);
  const listed = await screen.findByRole('button', {
    name: 'Alert again about OpenRouter · Personal: Credits',
  });
  expect(listed.closest('li')?.textContent).toContain('until topped up');
});

it('raised alerts say what happened', async () => {
  open('unusual', 'settings/alerts');
  const table = within(await screen.findByRole('table', { name: 'Raised alerts' }));
  await table.findByText(/Credits, spending fast: \$12.40 in 1 hour, at most \$3.10 before$/);
  table.getByText('Stability AI: Credits, many refunds in a row');
  const topUp = table.getByText('pre.dev · Work: Credits topped up by 40 prototype credits');
  expect(topUp.closest('tr')?.textContent).not.toContain('over since');
});

describe('hooks', () => {
  it('go from what is typed to the settings', async () => {
    const { user } = open('healthy', 'settings/alerts');
    await user.click(await screen.findByRole('button', { name: 'Add hook' }));
    const form = hookForm('New hook');
    expect(document.activeElement).toBe(form.getByLabelText('Name'));
    await user.keyboard('Bar');
    await user.type(form.getByLabelText('Program and arguments'), 'bar --title "Credit Gauge"');
    expect(within(form.getByRole('group', { name: 'Understood as' })).getAllByRole('listitem')).toHaveLength(
      3,
    );
    await user.selectOptions(form.getByLabelText('Called for'), 'Critical and worse');
    await user.keyboard('{Enter}');
    await user.click(form.getByRole('button', { name: 'Save' }));
    expect(argsOf('change_settings')).toEqual([
      {
        change: {
          hooks: [{ name: 'Bar', least: 'critical', to: { command: ['bar', '--title', 'Credit Gauge'] } }],
        },
      },
    ]);
    await screen.findByText('Command bar · Critical and worse');
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add hook' })),
    );
  });

  it('refuse an address in the open as it is typed, and a name twice', async () => {
    const { user } = open('unusual', 'settings/alerts');
    await user.click(await screen.findByRole('button', { name: 'Add hook' }));
    const form = hookForm('New hook');
    await user.click(form.getByRole('radio', { name: 'Webhook' }));
    expect(form.queryByText(/whole address/)).toBeNull();
    const address = form.getByLabelText('Address');
    await user.type(address, 'http://example.com');
    form.getByText(/only go out over https/);
    await user.clear(address);
    await user.type(address, 'http://localhost:9000/alert');
    expect(form.queryByText(/https/)).toBeNull();
    await user.type(form.getByLabelText('Name'), 'Team chat');
    form.getByText('Another hook has this name.');
    await user.click(form.getByRole('button', { name: 'Save' }));
    expect(argsOf('change_settings')).toEqual([]);
  });

  it('say how the last call went, and are tried before they are saved', async () => {
    const { user } = open('unusual', 'settings/alerts');
    await screen.findByText(/^Worked /);
    screen.getByText(/^Failed .+ answered 404\.$/);
    await user.click(screen.getByRole('button', { name: 'Edit Team chat' }));
    const form = hookForm('Edit Team chat');
    const address = form.getByLabelText('Address');
    await user.clear(address);
    await user.type(address, 'https://chat.example.com/new');
    failing.set('test_hook', { kind: 'hook', message: 'chat.example.com cannot be reached' });
    await user.click(form.getByRole('button', { name: 'Test' }));
    await form.findByText(/^Failed .+ chat.example.com cannot be reached\.$/);
    expect(argsOf('test_hook')).toEqual([
      {
        hook: { name: 'Team chat', least: 'warning', to: { url: 'https://chat.example.com/new' } },
      },
    ]);
    expect(argsOf('change_settings')).toEqual([]);
    failing.clear();
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Edit Team chat' })),
    );
    expect(live.settings?.hooks.map(({ name }) => name)).toEqual([
      'Status bar',
      'Team chat',
      'Stop the batch',
    ]);
  });

  it('keep what was typed when they cannot be saved', async () => {
    const { user } = open('unusual', 'settings/alerts');
    await user.click(await screen.findByRole('button', { name: 'Edit Status bar' }));
    failing.set('change_settings', { kind: 'settings', message: 'disk full' });
    const name = hookForm('Edit Status bar').getByLabelText<HTMLInputElement>('Name');
    await user.type(name, ' 2{Enter}');
    await screen.findByRole('alert');
    expect(name.isConnected).toBe(true);
    expect(name.value).toBe('Status bar 2');
    expect(screen.queryByText('Status bar 2')).toBeNull();
  });

  it('keep the focus when they get another name', async () => {
    const { user } = open('unusual', 'settings/alerts');
    await user.click(await screen.findByRole('button', { name: 'Edit Status bar' }));
    await user.type(hookForm('Edit Status bar').getByLabelText('Name'), ' 2{Enter}');
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Edit Status bar 2' })),
    );
  });

  it('are removed after a question', async () => {
    const { user } = open('unusual', 'settings/alerts');
    await user.click(await screen.findByRole('button', { name: 'Remove Team chat…' }));
    const question = within(screen.getByRole('dialog', { name: 'Remove Team chat?' }));
    expect(argsOf('change_settings')).toEqual([]);
    await user.click(question.getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByText('Team chat')).toBeNull());
    expect(live.settings?.hooks).toHaveLength(2);
  });

  it('are ten at most', async () => {
    open('healthy', 'settings/alerts');
    await screen.findByRole('button', { name: 'Add hook' });
    const hooks = Array.from({ length: 10 }, (_, index) => ({
      name: `Hook ${index}`,
      least: 'info' as const,
      to: { command: ['true'] },
    }));
    await live.change({ hooks });
    await screen.findByText('There may be no more than 10.');
    expect(screen.queryByRole('button', { name: 'Add hook' })).toBeNull();
  });
});
