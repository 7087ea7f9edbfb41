/**
 * Tasks on the disk, one after the other in the order of their calls. One that fails, or asks for it, runs again after a
 * while, behind the others: a full disk does not keep what frees it from running.
 */
import { toMillraceError } from '@millrace/core/errors';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';

const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 30_000;

/** `retry`: it could not be done now. */
export type Task = () => Promise<'done' | 'retry'>;

interface Entry {
  readonly name: string;
  readonly task: Task;
  retryMs: number;
}

export class DiskWork {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #queue: Entry[] = [];
  /** Entries that wait for their retry, by name: a later one of the same name takes their place. */
  readonly #waiting = new Map<string, TimerHandle>();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  add(name: string, task: Task): void {
    this.#waiting.get(name)?.cancel();
    this.#waiting.delete(name);
    this.#enqueue({ name, task, retryMs: RETRY_MS_MIN });
  }

  /** Nothing new begins; resolves once what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#queue.length = 0;
    for (const timer of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
    await this.#running;
  }

  #enqueue(entry: Entry): void {
    if (this.#stopped) return;
    this.#queue.push(entry);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      const outcome = await this.#attempt(entry);
      if (outcome === 'retry') this.#later(entry);
    }
  }

  async #attempt({ name, task }: Entry): Promise<'done' | 'retry'> {
    try {
      return await task();
    } catch (error) {
      const { code, message } = toMillraceError(error);
      if (code === 'SHUTTING_DOWN') return 'done';
      this.#logger.error('work on the disk failed and will be tried again', {
        name,
        cause: message,
      });
      return 'retry';
    }
  }

  #later(entry: Entry): void {
    if (this.#stopped) return;
    const { name, retryMs } = entry;
    entry.retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
    const timer = this.#clock.setTimer(retryMs, () => {
      this.#waiting.delete(name);
      this.#enqueue(entry);
    });
    this.#waiting.set(name, timer);
  }
}
