/**
 * How far one partition was received: where the next fetch begins, where it ends. Pure. The position is that of what
 * came in, not of what was delivered, so that a new stream goes on behind what is queued.
 */
import { BATCH_HEADER_BYTES } from '@millrace/core/batchHeader';
import type { FetchEntryMessage } from '@millrace/core/messages/fetch';
import type { FetchPartitionMessage } from '@millrace/core/messages/fetchRequest';
import type { StartPosition } from './consumeOptions.ts';

/** Bytes with the range of offsets that is wanted of them. */
export interface FetchedBatches {
  readonly partition: number;
  readonly batches: readonly Buffer[];
  readonly bytes: number;
  /** Records below were received before, or were not asked for. */
  readonly fromOffset: number;
  /** Records from here on were not asked for. */
  readonly endOffset: number;
  readonly nextOffset: number;
  readonly highWatermark: number;
}

const POSITIONS = { earliest: 1, latest: 2 } as const;

export class PartitionCursor {
  readonly partition: number;
  #start: StartPosition;
  #nextOffset: number | undefined;
  #endOffset: number | undefined;
  #ending: 'follow' | 'stop-at-end';
  /** Of the last batch received; with it the broker notices that the log was truncated under the reader. */
  #lastLeaderEpoch: number | undefined;
  #done = false;
  /** `host:port` of the leader as the last failure named it, for the next attempt alone. */
  hint: string | undefined;
  /** Failures in a row, and when the first of them was. */
  failures = 0;
  failingSinceMs = 0;

  constructor(
    partition: number,
    start: StartPosition,
    endOffset: number | undefined,
    ending: 'follow' | 'stop-at-end',
  ) {
    this.partition = partition;
    this.#start = start;
    this.#endOffset = endOffset;
    this.#ending = ending;
  }

  /** Everything that was asked for has been received. */
  get done(): boolean {
    return this.#done;
  }

  /** Undefined until the broker has resolved where it begins. */
  get nextOffset(): number | undefined {
    return this.#nextOffset;
  }

  request(topicId: string): FetchPartitionMessage {
    const start = this.#nextOffset === undefined ? this.#start : { offset: this.#nextOffset };
    return {
      topicId,
      partition: this.partition,
      ...(typeof start === 'string' ? { position: POSITIONS[start] } : start),
      endOffset: this.#endOffset,
      lastLeaderEpoch: this.#lastLeaderEpoch,
    };
  }

  /** Starts anew from one end of the log: what lies between is skipped because the user asked for it. */
  restart(position: 'earliest' | 'latest'): void {
    this.#start = position;
    this.#nextOffset = undefined;
    this.#lastLeaderEpoch = undefined;
  }

  /** Takes an entry without error; undefined if it carries no data that is wanted. */
  received(entry: FetchEntryMessage): FetchedBatches | undefined {
    this.failures = 0;
    // The end is that of the first answer: a stream that replaces a broken one must not move it.
    if (this.#ending === 'stop-at-end') {
      this.#endOffset = Math.min(this.#endOffset ?? entry.highWatermark, entry.highWatermark);
      this.#ending = 'follow';
    }
    const fromOffset = this.#nextOffset ?? entry.nextOffset;
    const endOffset = this.#endOffset ?? Number.MAX_SAFE_INTEGER;
    this.#nextOffset = Math.max(fromOffset, entry.nextOffset);
    this.#done = entry.end || this.#nextOffset >= endOffset;
    let bytes = 0;
    for (const batches of entry.batches) {
      bytes += batches.length;
      this.#lastLeaderEpoch = lastLeaderEpochOf(batches) ?? this.#lastLeaderEpoch;
    }
    if (bytes === 0) return undefined;
    return {
      partition: this.partition,
      batches: entry.batches,
      bytes,
      fromOffset,
      endOffset,
      nextOffset: this.#nextOffset,
      highWatermark: entry.highWatermark,
    };
  }
}

/** Follows the lengths alone; whoever decodes the batches checks them. */
function lastLeaderEpochOf(batches: Buffer): number | undefined {
  let epoch: number | undefined;
  for (let at = 0; at + BATCH_HEADER_BYTES <= batches.length; ) {
    epoch = batches.readInt32BE(at + 12);
    at += 12 + Math.max(BATCH_HEADER_BYTES - 12, batches.readInt32BE(at + 8));
  }
  return epoch;
}
