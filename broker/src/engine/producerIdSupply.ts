/**
 * Ids for producers, each given once (safety.md, rule 15): from blocks that the controller allocates. A spare block is kept,
 * so that producers begin while nobody is the controller.
 */
import { MillraceError, millraceError } from '@millrace/core/errors';
import type { ControllerCalls } from '../cluster/peerTransport.ts';
import type { ProducerIdBlock } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';

/** For so long it is asked for again while no controller takes it: one is elected meanwhile. */
const ELECTION_MS_MAX = 15_000;
const RETRY_MS = 50;

export interface ProducerIdSupplyParts {
  readonly brokerId: number;
  readonly bootId: string;
  readonly clock: Clock;
  /** Throws NOT_CONTROLLER while none is known. */
  readonly calls: () => Pick<ControllerCalls, 'allocateProducerIds'>;
}

export class ProducerIdSupply {
  readonly #parts: ProducerIdSupplyParts;
  #next = 0;
  /** Exclusive. */
  #end = 0;
  #spare: ProducerIdBlock | undefined;
  #fetching: Promise<void> | undefined;

  constructor(parts: ProducerIdSupplyParts) {
    this.#parts = parts;
  }

  /** Rejects, `not-applied`, with what the controller says or because there is none. */
  async take(): Promise<number> {
    for (;;) {
      if (this.#next < this.#end) break;
      if (this.#spare !== undefined) {
        this.#next = this.#spare.first;
        this.#end = this.#spare.first + this.#spare.count;
        this.#spare = undefined;
      } else await this.#fetch();
    }
    const id = this.#next;
    this.#next += 1;
    // Who needs it asks again if this fails.
    if (this.#spare === undefined) this.#fetch().catch(() => {});
    return id;
  }

  /** One block at a time. */
  #fetch(): Promise<void> {
    this.#fetching ??= this.#allocate().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #allocate(): Promise<void> {
    const { brokerId, bootId, clock, calls } = this.#parts;
    const deadlineMs = clock.monotonicMs() + ELECTION_MS_MAX;
    for (;;) {
      try {
        this.#spare = await calls().allocateProducerIds({ brokerId, bootId });
        return;
      } catch (error) {
        // A block that was allocated and is not known is lost, which harms nobody.
        const isOver = clock.monotonicMs() >= deadlineMs;
        if (!(error instanceof MillraceError) || !error.retriable || isOver) throw refused(error);
      }
      await new Promise<void>((resolve) => clock.setTimer(RETRY_MS, resolve));
    }
  }
}

function refused(error: unknown): unknown {
  if (!(error instanceof MillraceError)) return error;
  const { code, message } = error;
  return millraceError(code, `no producer id: ${message}`, {
    outcome: 'not-applied',
    cause: error,
  });
}
