import type { Offset } from '@millrace/core/ids';
import { decodeProducers, type ProducerSnapshot } from './producerSnapshot.ts';
import { segmentPath } from '../segment/segmentFiles.ts';
import type { SegmentPlace } from '../segment/segmentPlace.ts';

/** Of the segment at `base`; undefined if there is none, or it cannot be read: it is derived. */
export function readSnapshot(place: SegmentPlace, base: Offset): ProducerSnapshot | undefined {
  const { storage, directory, clock } = place;
  const path = segmentPath(directory, base, '.producers');
  if (!storage.exists(path)) return undefined;
  try {
    return decodeProducers(storage.readFile(path), clock.monotonicMs());
  } catch {
    return undefined;
  }
}

/**
 * Removes the snapshot of the segment at `base` unless it ends at or below `offset`, unsynced; true if it did. Throws what
 * the storage throws.
 */
export function dropSnapshotPast(place: SegmentPlace, base: Offset, offset: Offset): boolean {
  const { storage, directory } = place;
  const path = segmentPath(directory, base, '.producers');
  if (!storage.exists(path)) return false;
  const snapshot = readSnapshot(place, base);
  if (snapshot !== undefined && snapshot.endOffset <= offset) return false;
  storage.unlink(path);
  return true;
}
