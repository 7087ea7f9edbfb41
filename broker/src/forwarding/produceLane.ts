/**
 * One ordered ProduceStream to one boot of a leader. Once it breaks it is not opened again: what is unanswered fails in
 * its order, `unknown` if it was sent, else `not-applied` (safety.md, rule 28).
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import {
  decodeProduceStreamResponse,
  encodeProduceStreamRequest,
  type ProduceStreamResultMessage,
} from '@millrace/core/messages/produceStream';
import { type DataStream, type DataTransport, PRODUCE_STREAM } from '../cluster/dataTransport.ts';
import type { Acks } from '../replication/partition.ts';
import type { LeaderBroker } from './leaders.ts';

/** Of answers. */
const WINDOW_BYTES = 256 * 1024;
const ACKS = { none: 1, leader: 2, all: 3 } as const satisfies Record<Acks, number>;

export interface ForwardedAppend {
  /** Whole batches; they must not change until it is answered. */
  readonly batches: Buffer;
  readonly acks: Acks;
  readonly deadlineMs: number;
}

/** What became of a forwarded append: one of them, once. */
export interface ForwardListener {
  acknowledged(appended: { baseOffset: number; endOffset: number; leaderEpoch: number }): void;
  refused(error: MillraceError): void;
}

interface Pending {
  readonly message: readonly Uint8Array[];
  readonly listener: ForwardListener;
}

export class ProduceLane {
  readonly leader: LeaderBroker;
  readonly #stream: DataStream;
  readonly #onEnded: () => void;
  /** By correlation, in the order in which they came; those from `#unsent` on wait for room. */
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #unsent = 1;
  #congested = false;
  #state: 'open' | 'leaving' | 'ended' = 'open';

  /** `onEnded`: nothing can be appended by it any more. */
  constructor(leader: LeaderBroker, transport: DataTransport, onEnded: () => void) {
    this.leader = leader;
    this.#onEnded = onEnded;
    const stream = transport.open(leader.data, PRODUCE_STREAM, WINDOW_BYTES);
    this.#stream = stream;
    stream.onMessage((body) => this.#answered(body));
    stream.onDrain(() => {
      this.#congested = false;
      this.#send();
    });
    stream.onLeaving(() => this.#leave());
    stream.onEnd(({ error, processed }) => {
      this.#end(withOutcome(error, processed === 'nothing' ? 'not-applied' : 'unknown'));
    });
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  append(
    topicId: TopicId,
    partition: number,
    { batches, acks, deadlineMs }: ForwardedAppend,
    listener: ForwardListener,
  ): void {
    const correlation = this.#next++;
    const message = encodeProduceStreamRequest({
      correlation,
      acks: ACKS[acks],
      deadlineMs,
      entries: [{ topicId, partition, records: [], batches }],
    });
    this.#pending.set(correlation, { message, listener });
    this.#send();
  }

  /** Gives up the stream; what was sent fails as `error` says. */
  break(error: MillraceError): void {
    if (this.#state === 'ended') return;
    this.#stream.close();
    this.#end(withOutcome(error, 'unknown'));
  }

  #send(): void {
    while (!this.#congested && this.#state === 'open') {
      const pending = this.#pending.get(this.#unsent);
      if (pending === undefined) return;
      this.#unsent++;
      if (!this.#stream.send(pending.message)) this.#congested = true;
    }
  }

  /** The leader answers what it has got; what was not sent yet never will be. */
  #leave(): void {
    if (this.#state !== 'open') return;
    this.#state = 'leaving';
    this.#onEnded();
    this.#stream.end();
    const error = millraceError('SHUTTING_DOWN', `broker ${this.leader.brokerId} is stopping`);
    for (let correlation = this.#unsent; correlation < this.#next; correlation++) {
      this.#refuse(correlation, error);
    }
  }

  #answered(body: Buffer): void {
    let results: readonly ProduceStreamResultMessage[];
    try {
      ({ results } = decodeProduceStreamResponse(body));
    } catch (error) {
      this.break(toMillraceError(error));
      return;
    }
    for (const { correlation, result } of results) {
      const pending = this.#pending.get(correlation);
      // An answer to what nobody asked.
      if (pending === undefined || correlation >= this.#unsent) continue;
      this.#pending.delete(correlation);
      const { baseOffset, leaderEpoch, recordCount, error } = result;
      if (error !== undefined) pending.listener.refused(error);
      else {
        const endOffset = baseOffset + recordCount;
        pending.listener.acknowledged({ baseOffset, endOffset, leaderEpoch });
      }
    }
  }

  #end(error: MillraceError): void {
    if (this.#state === 'ended') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'ended';
    if (wasOpen) this.#onEnded();
    const notSent = withOutcome(error, 'not-applied');
    for (const correlation of this.#pending.keys()) {
      this.#refuse(correlation, correlation < this.#unsent ? error : notSent);
    }
  }

  #refuse(correlation: number, error: MillraceError): void {
    const pending = this.#pending.get(correlation);
    this.#pending.delete(correlation);
    pending?.listener.refused(error);
  }
}

/** What a stream ends with is no answer to its requests. */
function withOutcome(error: MillraceError, outcome: 'unknown' | 'not-applied'): MillraceError {
  const { code, message, leader, retriable } = error;
  return millraceError(retriable ? code : 'UNAVAILABLE', message, {
    outcome,
    leader,
    cause: error,
  });
}
