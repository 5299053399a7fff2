import type { Backend, CommandName, Commands, Events } from './ipc/commands';
import type { Problem } from './bindings/Problem';
import { sentence } from './words';

let connected: Promise<Backend> | undefined;

/** The Rust side of the app; in a plain browser during development, data that behaves like it. */
function backend(): Promise<Backend> {
  connected ??=
    import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)
      ? import('./ipc/simulated').then((module) => module.simulated)
      : import('./ipc/tauri').then((module) => module.tauri);
  return connected;
}

/** Asks the Rust side to do something. Fails with a `Problem`. */
export async function call<Name extends CommandName>(
  name: Name,
  args: Commands[Name]['args'],
): Promise<Commands[Name]['result']> {
  try {
    return await (await backend()).invoke(name, args);
  } catch (error) {
    throw problemOf(error);
  }
}

/** Hears what the Rust side announces; the answer stops hearing it. */
export async function on<Name extends keyof Events>(
  name: Name,
  hear: (payload: Events[Name]) => void,
): Promise<() => void> {
  return (await backend()).listen(name, hear);
}

/** Whatever was thrown, as something that can be told to a person. */
export function problemOf(error: unknown): Problem {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const kind = 'kind' in error && typeof error.kind === 'string' ? error.kind : 'internal';
    return { kind, message: sentence(String(error.message)) };
  }
  return { kind: 'internal', message: sentence(String(error)) };
}
