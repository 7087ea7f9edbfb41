/** Whether this broker is to be sent clients: not before it serves, and not once it is asked to stop, though it still does. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Engine } from './engine/engine.ts';

export class Readiness {
  #engine: Engine | undefined;
  #isLeaving = false;

  /** From now on it is as ready as its engine. */
  follow(engine: Engine): void {
    this.#engine = engine;
  }

  leave(): void {
    this.#isLeaving = true;
  }

  /** Why it is not; undefined while it is. */
  get unready(): MillraceError | undefined {
    if (this.#isLeaving) return millraceError('SHUTTING_DOWN', 'the broker is stopping');
    if (this.#engine === undefined) return millraceError('LOADING', 'the broker is starting');
    return this.#engine.unready;
  }
}
