/** What to consume, from where to where. */
import { millraceError } from '@millrace/core/errors';

/** `latest` is what is appended from now on; a time is the first record at or after it, milliseconds since 1970. */
export type StartPosition =
  | 'earliest'
  | 'latest'
  | { readonly offset: number }
  | { readonly timestampMs: number };

/** Exclusive. A time is the first record at or after it; that one is not delivered any more. */
export type EndPosition = { readonly offset: number } | { readonly timestampMs: number };

export interface PartitionRange {
  readonly partition: number;
  /** Default that of the whole. */
  readonly from?: StartPosition | undefined;
  readonly to?: EndPosition | undefined;
}

export interface ConsumeOptions {
  readonly topic: string;
  /**
   * Default: all that the topic has when consuming begins; and, from their earliest record, those that are added later,
   * as long as the end is left open.
   */
  readonly partitions?: readonly (number | PartitionRange)[] | undefined;
  /** Default `latest`. */
  readonly from?: StartPosition | undefined;
  /** Default: never. */
  readonly to?: EndPosition | undefined;
  /** End at the high watermark that each partition had when consuming began. Default: follow. */
  readonly stopAtEnd?: boolean | undefined;
  /** Bytes fetched ahead at most (and one reply more), default 8 MiB; reading stops above. */
  readonly queueBytesMax?: number | undefined;
  /** Largest reply asked for, in bytes; default 128 KiB. A larger batch comes whole. */
  readonly messageBytesMax?: number | undefined;
  /** Largest size that one compressed batch may have decompressed, in bytes; default 64 MiB. */
  readonly batchBytesMax?: number | undefined;
  /** Where the offset asked for is not in the log any more, or not yet. Default `error`: nothing is skipped silently. */
  readonly onOutOfRange?: 'error' | 'earliest' | 'latest' | undefined;
  /** How long a partition may be unreachable before that is an error, in milliseconds. Default 120,000. */
  readonly unreachableMsMax?: number | undefined;
  /** Compare the CRC-32C of every batch. Default true. */
  readonly verifyChecksums?: boolean | undefined;
}

/** Replies of 1 MiB cost twice the client's CPU: so much outside the heap at once makes the collector look at all of it. */
const MESSAGE_BYTES_MAX = 128 * 1024;

export interface ConsumeSettings {
  readonly topic: string;
  readonly ranges: readonly PartitionRange[] | undefined;
  readonly from: StartPosition;
  readonly to: EndPosition | undefined;
  readonly ending: 'follow' | 'stop-at-end';
  readonly queueBytesMax: number;
  readonly messageBytesMax: number;
  readonly batchBytesMax: number;
  readonly onOutOfRange: 'error' | 'earliest' | 'latest';
  readonly unreachableMsMax: number;
  readonly checksums: 'verify' | 'trust';
}

/** Throws INVALID_REQUEST where a value is out of its bounds. */
export function consumeSettings(options: ConsumeOptions): ConsumeSettings {
  const ranges = options.partitions?.map((range) =>
    typeof range === 'number' ? { partition: range } : range,
  );
  for (const { from, to } of [options, ...(ranges ?? [])]) {
    checkPosition('from', from);
    checkPosition('to', to);
  }
  const seen = new Set(ranges?.map(({ partition }) => partition));
  if (ranges !== undefined && (ranges.length === 0 || seen.size < ranges.length)) {
    throw millraceError('INVALID_REQUEST', 'partitions must name at least one, and none twice');
  }
  return {
    topic: options.topic,
    ranges,
    from: options.from ?? 'latest',
    to: options.to,
    ending: options.stopAtEnd === true ? 'stop-at-end' : 'follow',
    queueBytesMax: positive('queueBytesMax', options.queueBytesMax ?? 8 * 1024 * 1024),
    messageBytesMax: positive('messageBytesMax', options.messageBytesMax ?? MESSAGE_BYTES_MAX),
    batchBytesMax: positive('batchBytesMax', options.batchBytesMax ?? 64 * 1024 * 1024),
    onOutOfRange: options.onOutOfRange ?? 'error',
    unreachableMsMax: positive('unreachableMsMax', options.unreachableMsMax ?? 120_000),
    checksums: options.verifyChecksums === false ? 'trust' : 'verify',
  };
}

function checkPosition(name: string, position: StartPosition | undefined): void {
  if (typeof position !== 'object') return;
  const value = 'offset' in position ? position.offset : position.timestampMs;
  if (!Number.isSafeInteger(value) || value < 0) {
    throw millraceError(
      'INVALID_REQUEST',
      `${name} ${JSON.stringify(position)} is not an integer from 0`,
    );
  }
}

function positive(name: string, value: number): number {
  if (!(value > 0 && value <= 2 ** 32 - 1)) {
    throw millraceError('INVALID_REQUEST', `${name} ${value} is not in 1..2^32-1`);
  }
  return value;
}
