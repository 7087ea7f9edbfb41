import type { RulesOff } from '../logRules.ts';

/** One sync, and what a naive program does once it has failed. */
export interface WatchedSync<Result> {
  readonly run: () => Result;
  readonly again: () => Result;
  /** Whether what was thrown says that something may be lost. */
  readonly isFailure: (error: unknown) => boolean;
}

/** Tells of every failed sync. None is tried again: the second attempt succeeds and has written nothing (pitfall 5). */
export class SyncWatch {
  readonly #isFinal: boolean;
  /** Called before whoever asked hears of it. */
  onFailed: (error: unknown) => void = () => {};

  constructor(rulesOff: RulesOff) {
    this.#isFinal = !rulesOff.has('failed-sync-is-final');
  }

  async done({ run, again, isFailure }: WatchedSync<Promise<void>>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (!this.#isFinal) return await again();
      this.onFailed(error);
      throw error;
    }
  }

  /** As done, in this tick. */
  doneNow({ run, again, isFailure }: WatchedSync<void>): void {
    try {
      run();
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (!this.#isFinal) return again();
      this.onFailed(error);
      throw error;
    }
  }
}
