/** What a member of a group reads, how it commits, what it is told. */
import { millraceError } from '@millrace/core/errors';
import { consumeSettings } from '../consumeOptions.ts';
import { bounded } from '../optionBounds.ts';
import type { TopicPartition } from './topicPartition.ts';

/**
 * Where a partition begins of which nothing is committed. `latest`: what is appended from now on; a time: the first record
 * at or after it, milliseconds since 1970; a duration: the first record that is no older, milliseconds. Where it began
 * is committed, so that a partition that moves before its first record was processed does not skip any.
 */
export type GroupStart =
  | 'earliest'
  | 'latest'
  | { readonly timestampMs: number }
  | { readonly durationMs: number };

export type PartitionsCallback = (partitions: readonly TopicPartition[]) => void | Promise<void>;

export interface ConsumerOptions {
  /** Members of one group share the partitions; progress is kept under its name. */
  readonly group: string;
  /** Names; topics that do not exist yet are waited for. This or `pattern`, or both. */
  readonly topics?: readonly string[] | undefined;
  /** Topics whose whole name it matches, now or later; the syntax is that of `GroupJoin.pattern`. */
  readonly pattern?: string | undefined;
  /** Unless a declaration of the group says otherwise. Default `earliest`. */
  readonly from?: GroupStart | undefined;
  /** A wish. Default: what the group has, `uniform` at first. */
  readonly assignor?: 'uniform' | 'range' | 'sticky' | undefined;
  /**
   * A name that this process keeps over restarts: the one that joins with it next has the partitions at once, and this one
   * fails with FENCED_INSTANCE. A member with such a name does not leave when it is closed.
   */
  readonly instanceId?: string | undefined;
  /** After so long without a word from it the others get its partitions, in milliseconds. Default 45,000. */
  readonly sessionTimeoutMs?: number | undefined;
  /**
   * How long records in hand and onRevoked may take when partitions move to others, in milliseconds; whoever takes longer
   * loses all its partitions and joins again. Default 300,000.
   */
  readonly rebalanceTimeoutMs?: number | undefined;
  /**
   * `automatic`: what was processed is committed every `commitIntervalMs`, when partitions move, and on close. `manual`:
   * by commit() alone. Default `automatic`.
   */
  readonly commit?: 'automatic' | 'manual' | undefined;
  /** Default 1,000. */
  readonly commitIntervalMs?: number | undefined;
  /** Awaited before anything of these partitions is delivered: the place to seek(). What it throws ends the consumer. */
  readonly onAssigned?: PartitionsCallback | undefined;
  /**
   * These go to other members. Nothing of them is in hand any more, and nobody else has them yet: what is committed until it
   * resolves counts. Awaited within the rebalance timeout. What it throws ends the consumer.
   */
  readonly onRevoked?: PartitionsCallback | undefined;
  /** These may have other owners already: the session was over. Nothing can be committed for them. */
  readonly onLost?: PartitionsCallback | undefined;
  /** Bytes fetched ahead, shared by the partitions. Default 32 MiB. */
  readonly bufferBytesMax?: number | undefined;
  /** Largest reply asked for, in bytes; default 128 KiB. A larger batch comes whole. */
  readonly messageBytesMax?: number | undefined;
  /** Largest size that one compressed batch may have decompressed, in bytes; default 64 MiB. */
  readonly batchBytesMax?: number | undefined;
  /**
   * Where to go on if the log has not the committed offset any more (retention was faster), or not yet. `error` ends the
   * consumer. Default `earliest`, with a warning to the logger.
   */
  readonly onOutOfRange?: 'error' | 'earliest' | 'latest' | undefined;
  /** Compare the CRC-32C of every batch. Default true. */
  readonly verifyChecksums?: boolean | undefined;
  /** How long close() waits for what is in hand, in milliseconds. Default 10,000. */
  readonly closeTimeoutMs?: number | undefined;
}

export interface ConsumerSettings {
  readonly options: ConsumerOptions;
  readonly from: GroupStart;
  readonly commit: 'automatic' | 'manual';
  readonly commitIntervalMs: number;
  readonly bufferBytesMax: number;
  readonly closeTimeoutMs: number;
}

const MS_MAX = 2 ** 31 - 1;

/** Throws INVALID_REQUEST where a value is out of its bounds; the coordinator checks the rest. */
export function consumerSettings(options: ConsumerOptions): ConsumerSettings {
  const { group, topics = [], pattern = '' } = options;
  if (group === '') throw millraceError('INVALID_REQUEST', 'the group is empty');
  if (topics.length === 0 && pattern === '') {
    throw millraceError('INVALID_REQUEST', 'neither topics nor pattern is given');
  }
  for (const name of ['sessionTimeoutMs', 'rebalanceTimeoutMs'] as const) {
    const value = options[name];
    if (value !== undefined) bounded(name, value, 1, MS_MAX);
  }
  // As they will be used once there are partitions: what is wrong with them is said now.
  const { messageBytesMax, batchBytesMax } = options;
  consumeSettings({ topic: '', messageBytesMax, batchBytesMax });
  return {
    options,
    from: checkedStart(options.from ?? 'earliest'),
    commit: options.commit ?? 'automatic',
    commitIntervalMs: bounded('commitIntervalMs', options.commitIntervalMs ?? 1000, 1, MS_MAX),
    bufferBytesMax: bounded('bufferBytesMax', options.bufferBytesMax ?? 32 << 20, 1, 2 ** 32),
    closeTimeoutMs: bounded('closeTimeoutMs', options.closeTimeoutMs ?? 10_000, 0, MS_MAX),
  };
}

function checkedStart(from: GroupStart): GroupStart {
  if (typeof from === 'string') return from;
  const value = 'timestampMs' in from ? from.timestampMs : from.durationMs;
  if (Number.isSafeInteger(value) && value >= 0) return from;
  throw millraceError('INVALID_REQUEST', `from ${JSON.stringify(from)} is not an integer from 0`);
}
