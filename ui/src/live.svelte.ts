import type { Problem } from './bindings/Problem';
import type { Settings } from './bindings/Settings';
import type { Snapshot } from './bindings/Snapshot';
import { call, on, problemOf } from './ipc';

/** What the Rust side keeps telling every window. */
class Live {
  /** How all accounts stand; undefined until first told. */
  snapshot = $state.raw<Snapshot>();
  settings = $state.raw<Settings>();
  /** Whether what is shown is made up. */
  demo = $state(false);
  /** The present time, in steps of half a minute, for texts such as "2 minutes ago". */
  now = $state.raw(new Date());
  /** Why nothing could be had from the Rust side. */
  problem = $state.raw<Problem>();

  /** Whether any account is being asked right now. */
  get checking(): boolean {
    return this.snapshot?.accounts.some((account) => account.checking) ?? false;
  }

  /** Whether no provider at all could be reached. */
  get offline(): boolean {
    return this.snapshot?.offline ?? false;
  }

  /** Starts following; the answer stops. */
  follow(): () => void {
    const stops = [
      on('snapshot', (snapshot) => {
        this.snapshot = snapshot;
        this.now = new Date();
      }),
      on('settings', (settings) => (this.settings = settings)),
    ];
    const clock = setInterval(() => (this.now = new Date()), 30_000);
    void this.#ask(stops);
    call('about', {}).then(({ demo }) => (this.demo = demo), console.error);
    return () => {
      clearInterval(clock);
      for (const stop of stops) void stop.then((stop) => stop());
    };
  }

  async #ask(listening: Promise<unknown>[]) {
    try {
      // Listen first, so that nothing told in between is missed.
      await Promise.all(listening);
      [this.snapshot, this.settings] = await Promise.all([call('snapshot', {}), call('settings', {})]);
      this.now = new Date();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Changes some preferences and keeps the rest. */
  async change(some: Partial<Settings>): Promise<void> {
    if (!this.settings) return;
    const before = this.settings;
    this.settings = { ...before, ...some };
    try {
      await call('change_settings', { change: some });
    } catch (error) {
      this.settings = before;
      throw error;
    }
  }
}

export const live = new Live();
