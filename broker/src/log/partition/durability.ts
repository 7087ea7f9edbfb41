import { millraceError } from '@millrace/core/errors';
import { DurableMark } from './durableMark.ts';
import { EndWaiters } from './endWaiters.ts';
import type { LogPosition } from './logPosition.ts';
import type { RulesOff } from '../logRules.ts';
import type { Offset } from '@millrace/core/ids';

/** Up to where one log is durable, who waits for it, and what was said of it. */
export class Durability {
  readonly mark: DurableMark;
  readonly #waiters = new EndWaiters();
  #announcedEnd: Offset;

  constructor(end: LogPosition) {
    this.mark = new DurableMark(end);
    this.#announcedEnd = end.offset;
  }

  get end(): Offset {
    return this.mark.position.offset;
  }

  wait(end: Offset): Promise<void> {
    return this.#waiters.add(end);
  }

  /** Releases who waits for what is durable; false if nothing is that was not announced before. */
  announce(): boolean {
    if (this.end <= this.#announcedEnd) return false;
    this.#announcedEnd = this.end;
    this.#waiters.reached(this.end);
    return true;
  }

  failAbove(from: number, error: Error): void {
    this.#waiters.failAbove(from, error);
  }

  /** Who waits for more than is left is told so: what comes there is not what he waits for. */
  cut(to: LogPosition, rulesOff: RulesOff): void {
    const message = `truncated to offset ${to.offset}`;
    if (!rulesOff.has('cut-appends-are-told')) {
      const error = millraceError('NOT_LEADER', message, { outcome: 'unknown' });
      this.#waiters.failAbove(to.offset, error);
    }
    this.mark.cut(to);
    this.#announcedEnd = Math.min(this.#announcedEnd, to.offset) as Offset;
  }

  /** Recovery has rewritten the log up to `end`. */
  reset(end: LogPosition): void {
    this.mark.reset(end);
    this.#announcedEnd = end.offset;
  }
}
