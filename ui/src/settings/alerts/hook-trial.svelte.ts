import type { Hook } from '../../bindings/Hook';
import type { HookReport } from '../../bindings/HookReport';
import { call, problemOf } from '../../ipc';
import { messages } from '../../messages.svelte';
import { reportNow } from './hook';

/** A call of a hook that the user asked for, and how it went. */
export class HookTrial {
  running = $state(false);
  report = $state.raw<HookReport>();
  #latest = 0;

  async run(hook: Hook): Promise<void> {
    const turn = ++this.#latest;
    this.running = true;
    this.report = undefined;
    messages.done = '';
    const error = await call('test_hook', { hook }).then(
      () => null,
      (error: unknown) => problemOf(error).message,
    );
    if (turn !== this.#latest) return;
    this.running = false;
    this.report = reportNow(hook, error);
    messages.done = error === null ? `${hook.name} worked` : `${hook.name} failed: ${error}`;
  }

  /** Forgets how it went, since the hook is another by now. */
  clear() {
    this.#latest++;
    this.running = false;
    this.report = undefined;
  }
}
