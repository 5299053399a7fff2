import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Backend } from './commands';

/** The app's own Rust side. */
export const tauri: Backend = {
  invoke: (name, args) => invoke(name, { ...args }),
  listen: (name, hear) => listen<Parameters<typeof hear>[0]>(name, (event) => hear(event.payload)),
};
