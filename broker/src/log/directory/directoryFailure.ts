import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';

/** The one failure of a data directory: final, told once to each who listens (safety.md, pitfall 5). */
export class DirectoryFailure {
  readonly #path: string;
  readonly #stop: (error: MillraceError) => void;
  #callbacks: ((error: MillraceError) => void)[] = [];
  #error: MillraceError | undefined;

  /** `stop`: ends all work before anybody else hears of it. */
  constructor(path: string, stop: (error: MillraceError) => void) {
    this.#path = path;
    this.#stop = stop;
  }

  get error(): MillraceError | undefined {
    return this.#error;
  }

  /** STORAGE_FAILED with what failed first. */
  fail(thrown: unknown): MillraceError {
    if (this.#error !== undefined) return this.#error;
    const cause = toMillraceError(thrown);
    const message = `${this.#path}: ${cause.message}`;
    const error =
      cause.code === 'STORAGE_FAILED'
        ? cause
        : millraceError('STORAGE_FAILED', message, { cause: thrown });
    this.#error = error;
    this.#stop(error);
    for (const callback of this.#callbacks.splice(0)) callback(error);
    return error;
  }

  /** At once if it has failed already. */
  listen(callback: (error: MillraceError) => void): void {
    if (this.#error !== undefined) callback(this.#error);
    else this.#callbacks.push(callback);
  }

  assertNone(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}
