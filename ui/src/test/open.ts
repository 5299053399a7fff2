import { render } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import App from '../App.svelte';
// Loaded already when a test asks for it.
import '../history/History.svelte';
import type { CommandName } from '../ipc/commands';
import { asked, play } from '../ipc/simulated';
import { live } from '../live.svelte';
import { messages } from '../messages.svelte';

/** Opens the app at a page, such as `settings/alerts`, in one of the made-up scenes. */
export function open(scene: string, page: string) {
  play(scene);
  live.snapshot = undefined;
  live.settings = undefined;
  live.demo = false;
  messages.problem = undefined;
  messages.done = '';
  location.hash = page;
  dispatchEvent(new HashChangeEvent('hashchange'));
  const user = userEvent.setup();
  return { user, ...render(App) };
}

/** The arguments with which a command was asked, each time. */
export function argsOf(name: CommandName): unknown[] {
  return asked.filter((one) => one.name === name).map(({ args }) => args);
}
