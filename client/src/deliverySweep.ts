/**
 * Looks at what is on its way, four times a second while there is something: batches whose delivery time is over fail,
 * and a leader that says nothing is asked after. With idempotence what is in flight there can be sent elsewhere.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { PartitionLane } from './partitionLane.ts';
import type { ProducerBatch } from './producerBatch.ts';
import type { ProducerSettings } from './producerOptions.ts';

/** A leader that hangs costs its clients this much more than its replacement took. */
const PERIOD_MS_MAX = 250;
/** The broker answers when the delivery time is over; one that says nothing for so much longer is given up. */
const SILENCE_MS = 5_000;
/** Another leader may have been elected meanwhile. */
const SUSPICIOUS_MS = 2_000;
/** With idempotence a connection on which nothing comes for so long is given up. */
const DEAF_MS = 30_000;

export interface DeliverySweepOwner {
  readonly outstanding: number;
  lanes(): Iterable<PartitionLane>;
  /** Fails a batch that is not in flight. */
  expired(lane: PartitionLane, batch: ProducerBatch, error: MillraceError): void;
  /** Has its leader been replaced? */
  suspect(lane: PartitionLane): void;
  /** What is in flight in this lane fails or is sent again. */
  giveUp(lane: PartitionLane, error: MillraceError): void;
  /** Everything in flight to the lane's leader does, if nothing has come from there for `quietMs`. */
  hangUp(lane: PartitionLane, quietMs: number, error: MillraceError): void;
}

export class DeliverySweep {
  readonly #settings: ProducerSettings;
  readonly #owner: DeliverySweepOwner;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: ProducerSettings, owner: DeliverySweepOwner) {
    this.#settings = settings;
    this.#owner = owner;
  }

  /** There is something on its way. */
  start(): void {
    const { deliveryTimeoutMs } = this.#settings;
    const periodMs = Math.min(PERIOD_MS_MAX, Math.max(10, deliveryTimeoutMs / 4));
    this.#timer ??= setInterval(() => this.#sweep(), periodMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Metadata names another leader: one that has been silent for long will not answer for what is in flight there. */
  passed(lane: PartitionLane): void {
    const silent = lane.window.oldest();
    if (silent === undefined || lane.sequences === undefined) return;
    if (performance.now() - silent.sentMs >= SUSPICIOUS_MS) this.#owner.giveUp(lane, silence());
  }

  #sweep(): void {
    if (this.#owner.outstanding === 0) {
      this.stop();
      return;
    }
    const nowMs = performance.now();
    for (const lane of this.#owner.lanes()) {
      this.#listen(lane, nowMs);
      this.#expire(lane, nowMs - this.#settings.deliveryTimeoutMs);
    }
  }

  #listen(lane: PartitionLane, nowMs: number): void {
    const silent = lane.window.oldest();
    if (silent === undefined) return;
    const error = silence();
    if (nowMs - silent.createdMs >= this.#settings.deliveryTimeoutMs + SILENCE_MS) {
      this.#owner.hangUp(lane, 0, error);
      return;
    }
    if (lane.sequences === undefined || nowMs - silent.sentMs < SUSPICIOUS_MS) return;
    if (lane.upcoming !== undefined) this.#owner.giveUp(lane, error);
    else if (nowMs - silent.sentMs >= DEAF_MS) this.#owner.hangUp(lane, DEAF_MS, error);
    else this.#owner.suspect(lane);
  }

  #expire(lane: PartitionLane, bornBeforeMs: number): void {
    for (;;) {
      const late = lane.sealed.peek() ?? lane.open;
      if (late === undefined || late.createdMs > bornBeforeMs) return;
      if (lane.sealed.shift() === undefined) {
        lane.open = undefined;
        lane.openIsDue = false;
      }
      const { lastError } = lane;
      const why = lastError === undefined ? '' : `: ${lastError.message}`;
      const what = `not delivered within ${this.#settings.deliveryTimeoutMs} ms${why}`;
      const details = { outcome: 'not-applied', cause: lastError } as const;
      this.#owner.expired(lane, late, millraceError('DEADLINE_EXCEEDED', what, details));
    }
  }
}

function silence(): MillraceError {
  return millraceError('DEADLINE_EXCEEDED', 'the broker does not answer');
}
