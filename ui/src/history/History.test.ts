import { screen, within } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { argsOf, open } from '../test/open';

it('lists the readings of a meter, newest first, and a dash where nothing is known', async () => {
  open('mixed', 'history/openrouter-personal');
  const table = await screen.findByRole('table', { name: 'OpenRouter · Personal: Credits' });
  const rows = within(table).getAllByRole('row');
  expect(rows).toHaveLength(201);
  expect(rows[1]?.textContent).toContain('$16.55');
  expect(within(table).getAllByText('—').length).toBeGreaterThan(0);
});

it('shows more when asked', async () => {
  const { user } = open('mixed', 'history/openrouter-personal');
  await user.click(await screen.findByRole('button', { name: 'Show more' }));
  expect(argsOf('readings').at(-1)).toEqual({ account: 'openrouter-personal', meter: 'credits', limit: 401 });
});

it('switches to another account', async () => {
  const { user } = open('mixed', 'history');
  await screen.findByRole('table', { name: 'Stability AI: Credits' });
  await user.selectOptions(screen.getByLabelText('Account'), 'OpenRouter · CI runner');
  await screen.findByRole('table', { name: 'OpenRouter · CI runner: Key limit' });
});

it('says so when there is nothing yet', async () => {
  open('mixed', 'history/predev-work');
  await screen.findByText(/was never read/);
});

it('shows amounts as elsewhere, and the exact one when pointed at', async () => {
  const { user } = open('mixed', 'history');
  await user.selectOptions(await screen.findByLabelText('Account'), 'BabySea · Production');
  const exact = await screen.findByTitle('2.487 USD');
  expect(exact.textContent).toBe('$2.49');
});
