/** Options of a producer, with their defaults and bounds. */
import type { Compression } from '@millrace/core/batchHeader';
import { millraceError } from '@millrace/core/errors';
import { bounded } from './optionBounds.ts';
import type { BatchDelivery } from './producerRecord.ts';

export type Acks = 'none' | 'leader' | 'all';

export interface ProducerOptions {
  /** When a record counts as delivered. Default `all`: every in-sync replica holds it durably. */
  readonly acks?: Acks | undefined;
  /**
   * Default true: what may have been applied is sent again, and is in the log once, in the order of sending. Wants acks
   * `all`. False: such a record fails with outcome `unknown`.
   */
  readonly idempotence?: boolean | undefined;
  /** How long a batch may wait for more records, in milliseconds. 0: until the end of the tick. Default 5. */
  readonly lingerMs?: number | undefined;
  /** Uncompressed bytes at which a batch is complete; the topic's batchBytesMax bounds it. Default 256 KiB. */
  readonly batchBytes?: number | undefined;
  readonly compression?: 'none' | 'gzip' | 'zstd' | undefined;
  readonly compressionLevel?: number | undefined;
  /** Bytes held at most before send() waits and append() says false. Default 32 MiB. */
  readonly bufferBytesMax?: number | undefined;
  /** From append to acknowledgement, retries included, in milliseconds. Default 120,000. */
  readonly deliveryTimeoutMs?: number | undefined;
  /** Batches of one partition that may await their acknowledgement. Default 5. */
  readonly inFlightMax?: number | undefined;
  /**
   * Without idempotence, send again what may have been applied: at least once, with duplicates and reordering possible.
   * Default false: such records fail with outcome `unknown` and the caller decides.
   */
  readonly retryUnknown?: boolean | undefined;
  /** Called for every batch that is acknowledged or has failed, and for records that failed before they were in one. */
  readonly onBatch?: ((delivery: BatchDelivery) => void) | undefined;
}

export interface ProducerSettings {
  readonly acks: Acks;
  readonly idempotence: 'on' | 'off';
  readonly lingerMs: number;
  readonly batchBytes: number;
  readonly compression: Compression;
  readonly compressionLevel: number | undefined;
  readonly bufferBytesMax: number;
  readonly deliveryTimeoutMs: number;
  readonly inFlightMax: number;
  readonly unknownOutcome: 'retry' | 'surface';
  readonly onBatch: ((delivery: BatchDelivery) => void) | undefined;
}

/** Throws INVALID_REQUEST where a value is out of its bounds. */
export function producerSettings(options: ProducerOptions): ProducerSettings {
  const acks = options.acks ?? 'all';
  if (acks !== 'none' && acks !== 'leader' && acks !== 'all') {
    throw millraceError('INVALID_REQUEST', `acks ${String(acks)} is not none, leader or all`);
  }
  const compression = options.compression ?? 'none';
  if (compression !== 'none' && compression !== 'gzip' && compression !== 'zstd') {
    throw millraceError(
      'UNSUPPORTED_COMPRESSION',
      `compression ${String(compression)} is not none, gzip or zstd`,
    );
  }
  const idempotence = options.idempotence === false ? 'off' : 'on';
  if (idempotence === 'on' && acks !== 'all') {
    const what = `idempotence wants acks all, not ${acks}: give idempotence: false with it`;
    throw millraceError('INVALID_REQUEST', what);
  }
  return {
    acks,
    idempotence,
    compression,
    compressionLevel: options.compressionLevel,
    lingerMs: bounded('lingerMs', options.lingerMs ?? 5, 0, 60_000),
    batchBytes: bounded('batchBytes', options.batchBytes ?? 256 * 1024, 128, 64 * 1024 * 1024),
    bufferBytesMax: bounded(
      'bufferBytesMax',
      options.bufferBytesMax ?? 32 * 1024 * 1024,
      1,
      2 ** 40,
    ),
    deliveryTimeoutMs: bounded(
      'deliveryTimeoutMs',
      options.deliveryTimeoutMs ?? 120_000,
      1,
      2 ** 31 - 1,
    ),
    inFlightMax: bounded('inFlightMax', options.inFlightMax ?? 5, 1, 5),
    unknownOutcome: idempotence === 'on' || options.retryUnknown === true ? 'retry' : 'surface',
    onBatch: options.onBatch,
  };
}
