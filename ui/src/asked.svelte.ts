import { untrack } from 'svelte';
import type { Problem } from './bindings/Problem';
import { problemOf } from './ipc';
import { live } from './live.svelte';

/** An answer of the Rust side. */
export class Asked<T> {
  /** The last answer; undefined until the first. */
  value = $state.raw<T>();
  /** Why there is no newer answer. */
  problem = $state.raw<Problem>();
  #ask: () => Promise<T>;
  #latest = 0;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Asks (again). */
  async load(): Promise<void> {
    const turn = ++this.#latest;
    try {
      const value = await this.#ask();
      if (turn !== this.#latest) return;
      this.value = value;
      this.problem = undefined;
    } catch (error) {
      if (turn === this.#latest) this.problem = problemOf(error);
    }
  }
}

/** Asks now and whenever the snapshot changes, for as long as the component lives that calls this. */
export function askedWithSnapshot<T>(ask: () => Promise<T>): Asked<T> {
  const asked = new Asked(ask);
  $effect(() => {
    void live.snapshot;
    untrack(() => void asked.load());
  });
  return asked;
}

/**
 * Asks with these arguments now, whenever they change, and whenever the snapshot does; not while they are null. The last
 * answer stays until the next is there.
 */
export function askedFor<Args, T>(args: () => Args | null, ask: (args: Args) => Promise<T>): Asked<T> {
  const asked = new Asked(() => ask(untrack(args) as Args));
  $effect(() => {
    void live.snapshot;
    if (args() !== null) untrack(() => void asked.load());
  });
  return asked;
}

/** Asks once, when the component that calls this starts. */
export function askedOnce<T>(ask: () => Promise<T>): Asked<T> {
  const asked = new Asked(ask);
  void asked.load();
  return asked;
}
