import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { route } from '../route.svelte';
import type { Backend } from './commands';

/** The app's own Rust side. */
export const tauri: Backend = {
  invoke: (name, args) => invoke(name, { ...args }),
  // Only what is meant for all windows or for this one, whose label is its name in the address.
  listen: (name, hear) =>
    listen<Parameters<typeof hear>[0]>(name, (event) => hear(event.payload), { target: route.window }),
};
