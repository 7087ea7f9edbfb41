import type { Clock } from '../../io/clock.ts';
import type { Storage } from '../../io/storage.ts';
import type { OpenFiles } from './openFiles.ts';

/** Where the segments of one log live, and what they need of their surroundings. */
export interface SegmentPlace {
  /** Absolute. */
  readonly directory: string;
  readonly storage: Storage;
  readonly openFiles: OpenFiles;
  readonly clock: Clock;
  /** Of the configuration as it is now: bytes of batches between two entries of an index. */
  readonly indexIntervalBytes: () => number;
}

export function segmentPlace(
  directory: string,
  { storage, openFiles, clock }: Pick<SegmentPlace, 'storage' | 'openFiles' | 'clock'>,
  indexIntervalBytes: () => number,
): SegmentPlace {
  return { directory, storage, openFiles, clock, indexIntervalBytes };
}
