/**
 * Keys that are to be looked at. A key is handled by one worker at a time; one that is added while it is being handled is
 * handled once more. What fails comes back after 5 ms, doubled each time up to 1000 s; a success forgets that.
 */

export interface WorkQueueParts {
  /** Keys handled at once. */
  readonly workers: number;
  /** Resolves to milliseconds after which the key is to be looked at again, if at all. */
  readonly handle: (key: string) => Promise<number | undefined>;
  readonly onFailed: (key: string, error: unknown, retryMs: number) => void;
  readonly onHandled?: (key: string, durationMs: number) => void;
}

const RETRY_MS = 5;
export const RETRY_MS_MAX = 1_000_000;

/** `failures`: in a row, from 1. */
export function retryMs(failures: number): number {
  return Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MS_MAX);
}

export class WorkQueue {
  readonly #parts: WorkQueueParts;
  /** In the order of their addition. */
  readonly #waiting = new Set<string>();
  readonly #handled = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly atMs: number }>();
  #idle: PromiseWithResolvers<void> | undefined;
  #isStopped = false;

  constructor(parts: WorkQueueParts) {
    this.#parts = parts;
  }

  get depth(): number {
    return this.#waiting.size;
  }

  add(key: string): void {
    if (this.#isStopped) return;
    this.#cancel(key);
    this.#waiting.add(key);
    this.#work();
  }

  /** The earliest of several wishes counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isStopped || this.#waiting.has(key)) return;
    const atMs = performance.now() + delayMs;
    const known = this.#timers.get(key);
    if (known !== undefined && known.atMs <= atMs) return;
    this.#cancel(key);
    const timer = setTimeout(() => this.add(key), delayMs);
    timer.unref();
    this.#timers.set(key, { timer, atMs });
  }

  /** Nothing is begun any more; resolves when what is being handled has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.clear();
    if (this.#handled.size === 0) return;
    this.#idle = Promise.withResolvers<void>();
    await this.#idle.promise;
  }

  #work(): void {
    for (const key of this.#waiting) {
      if (this.#handled.size >= this.#parts.workers) return;
      if (this.#handled.has(key)) continue;
      this.#waiting.delete(key);
      this.#handled.add(key);
      void this.#handle(key);
    }
  }

  async #handle(key: string): Promise<void> {
    const startedMs = performance.now();
    try {
      const againMs = await this.#parts.handle(key);
      this.#failures.delete(key);
      if (againMs !== undefined) this.addAfter(key, againMs);
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      const delayMs = retryMs(failures);
      this.#parts.onFailed(key, error, delayMs);
      this.addAfter(key, delayMs);
    } finally {
      this.#handled.delete(key);
      this.#parts.onHandled?.(key, performance.now() - startedMs);
      if (this.#handled.size === 0) this.#idle?.resolve();
      this.#work();
    }
  }

  #cancel(key: string): void {
    const known = this.#timers.get(key);
    if (known === undefined) return;
    clearTimeout(known.timer);
    this.#timers.delete(key);
  }
}
