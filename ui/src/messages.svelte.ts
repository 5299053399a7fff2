import type { Problem } from './bindings/Problem';
import { problemOf } from './ipc';

/** What this window has to tell about the user's last action. */
class Messages {
  /** What went wrong; shown until dismissed or until the next action. */
  problem = $state.raw<Problem>();
  /** What was done; read out by screen readers. */
  done = $state('');

  /** Does something the user asked for, and tells when it failed. Answers whether it worked. */
  async attempt(work: Promise<unknown>, done = ''): Promise<boolean> {
    this.problem = undefined;
    this.done = '';
    try {
      await work;
      this.done = done;
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }
}

export const messages = new Messages();
