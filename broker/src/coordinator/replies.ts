import type { MillraceError } from '@millrace/core/errors';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Waiting } from './request.ts';

/** Replies that wait: for a record to be appended behind which they may leave, then for it to be committed. */
export class Replies {
  readonly #clock: Clock;
  readonly #barrierDue: () => void;
  #barred: Waiting[] = [];
  #dueMs = Number.POSITIVE_INFINITY;
  #timer: TimerHandle | undefined;
  readonly #inLog = new Set<Waiting>();

  /** `barrierDue`: nothing was appended for as long as a reply can wait. */
  constructor(clock: Clock, barrierDue: () => void) {
    this.#clock = clock;
    this.#barrierDue = barrierDue;
  }

  get size(): number {
    return this.#barred.length + this.#inLog.size;
  }

  /** Undefined: it needs no barrier of its own. */
  bar(waiting: Waiting, patienceMs: number | undefined): void {
    this.#barred.push(waiting);
    if (patienceMs === undefined) return;
    this.#dueMs = Math.min(this.#dueMs, this.#clock.monotonicMs() + patienceMs);
  }

  /** Nothing was appended in this tick. */
  arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#dueMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.setTimer(this.#dueMs - this.#clock.monotonicMs(), () => {
      this.#timer = undefined;
      this.#barrierDue();
    });
  }

  /** Something is being appended: all that wait for a barrier have it. */
  append(): readonly Waiting[] {
    const barred = this.#take();
    for (const waiting of barred) this.#inLog.add(waiting);
    return barred;
  }

  resolve(appended: readonly Waiting[]): void {
    for (const waiting of appended) {
      this.#inLog.delete(waiting);
      waiting.resolve();
    }
  }

  reject(appended: readonly Waiting[], error: MillraceError): void {
    for (const waiting of appended) {
      this.#inLog.delete(waiting);
      waiting.reject(error);
    }
  }

  rejectBarred(error: MillraceError): void {
    for (const waiting of this.#take()) waiting.reject(error);
  }

  rejectAll(notApplied: MillraceError, unknown: MillraceError): void {
    this.rejectBarred(notApplied);
    for (const waiting of this.#inLog) waiting.reject(unknown);
    this.#inLog.clear();
  }

  #take(): Waiting[] {
    const barred = this.#barred;
    this.#barred = [];
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#timer?.cancel();
    this.#timer = undefined;
    return barred;
  }
}
