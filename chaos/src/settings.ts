/** What every run has in common: how its brokers and its topic are set up. */

export const TOPIC = 'chaos';
/** Brokers and their ports are the run's alone in namespaces; elsewhere it keeps away from those of `npm start`. */
export const BASE_PORT = 17_071;

/** Everything small, so that a minute rolls segments, fills and recycles journal files, makes many checkpoints. */
export const BROKER_ENV: Readonly<Record<string, string>> = {
  MILLRACE_JOURNAL_FILE_BYTES: '1MiB',
  MILLRACE_JOURNAL_FILES_MAX: '4',
  MILLRACE_CHECKPOINT_MS: '500',
  MILLRACE_TAIL_CACHE_BYTES: '1MiB',
  MILLRACE_OPEN_SEGMENTS_MAX: '8',
  // Too low to help: a full disk is met by failing writes.
  MILLRACE_FREE_SPACE_BYTES_MIN: '1',
};

export const TOPIC_CONFIG: Readonly<Record<string, string>> = {
  segmentBytesMax: '256KiB',
  batchBytesMax: '64KiB',
  indexIntervalBytes: '512',
  retentionMs: 'none',
};

/** Failovers are measured on brokers and topics as they are unless one says otherwise. */
export const STANDARD_TOPIC_CONFIG: Readonly<Record<string, string>> = { retentionMs: 'none' };

export function replicationFactor(brokers: number): number {
  return Math.min(3, brokers);
}

/** Of a run that wipes a broker: well above what is produced, and so low that filling takes a while. */
export const REFILL_BYTES_PER_SECOND = 8 * 2 ** 20;
