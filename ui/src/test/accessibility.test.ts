import axe from 'axe-core';
import { screen, waitFor } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import { scenes } from '../ipc/scenes';
import { open } from './open';

// A rule set over a long table takes its time.
vi.setConfig({ testTimeout: 30_000 });

const pages = [
  'settings/accounts',
  'settings/accounts/add',
  'settings/accounts/add/openrouter',
  'settings/accounts/add/gateway',
  'settings/account/openrouter-personal',
  'settings/account/openrouter-personal/key',
  'settings/alerts',
  'settings/providers',
  'settings/general',
  'settings/about',
  'history/openrouter-ci-runner',
];

/** Colours and sizes need a browser that draws. */
async function violations() {
  const { violations } = await axe.run(document.documentElement, {
    rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false } },
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

it.each(Object.keys(scenes))('the popover has no violations: %s', async (scene) => {
  const { user } = open(scene, 'popover');
  await waitFor(() => expect(document.querySelector('main li, main section')).not.toBeNull());
  const row = document.querySelector<HTMLElement>('main li h2 button');
  if (row) await user.click(row);
  expect(await violations()).toEqual([]);
});

it.each(pages)('%s has no violations', async (page) => {
  open('mixed', page);
  await screen.findByRole('heading', { level: 1 });
  await waitFor(() =>
    expect(document.querySelector('main :is(ul, ol, form, fieldset, dl, table)')).not.toBeNull(),
  );
  expect(await violations()).toEqual([]);
});

it.each(['Chart', 'Days', 'Readings'])('the history has no violations as %s', async (look) => {
  const { user } = open('history', 'history/openrouter-gaps');
  await user.click(await screen.findByRole('button', { name: look }));
  if (look === 'Chart') {
    await user.click(await screen.findByText('Compare'));
    await user.click(screen.getByLabelText('OpenRouter · Idle'));
    await screen.findByRole('table', { name: 'Comparison' });
  } else {
    await screen.findByRole('table');
  }
  expect(await violations()).toEqual([]);
});

it('the question before a removal has no violations', async () => {
  const { user } = open('mixed', 'settings/account/openrouter-personal');
  await user.click(await screen.findByRole('button', { name: 'Remove…' }));
  screen.getByRole('dialog');
  expect(await violations()).toEqual([]);
});

it('hooks have no violations, also while one is changed', async () => {
  const { user } = open('unusual', 'settings/alerts');
  await user.click(await screen.findByRole('button', { name: 'Edit Team chat' }));
  await user.click(screen.getByRole('button', { name: 'Add hook' }));
  await user.keyboard('Status bar');
  const [line] = screen.getAllByLabelText('Program and arguments');
  if (line) await user.type(line, 'say "two words"');
  expect(await violations()).toEqual([]);
});
