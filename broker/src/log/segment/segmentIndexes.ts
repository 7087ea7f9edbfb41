import type { Offset } from '@millrace/core/ids';
import { BatchIndexer } from './batchIndexer.ts';
import type { RebuiltIndexes } from './indexRebuild.ts';
import { OffsetIndex } from './offsetIndex.ts';
import { segmentPath } from './segmentFiles.ts';
import type { SegmentPlace } from './segmentPlace.ts';
import { TimeIndex } from './timeIndex.ts';

export interface SegmentIndexes {
  readonly offsets: OffsetIndex;
  readonly times: TimeIndex;
  /** Feeds both. */
  readonly indexer: BatchIndexer;
}

/** Of the segment at `base`; nothing of their files is looked at. */
export function segmentIndexes(place: SegmentPlace, base: Offset): SegmentIndexes {
  const { directory, storage, openFiles } = place;
  const indexPath = segmentPath(directory, base, '.index');
  const timePath = segmentPath(directory, base, '.timeindex');
  const offsets = new OffsetIndex(indexPath, base, storage, openFiles);
  const times = new TimeIndex(timePath, base, storage, openFiles);
  const indexer = new BatchIndexer({
    offsetEntry: (offset, position) => offsets.add({ offset, position }),
    timeEntry: (timestampMs, offset) => times.add(timestampMs, offset),
  });
  return { offsets, times, indexer };
}

/** They stay broken, and readers scan, if a file cannot be written: a full disk must not stop them. */
export async function replaceIndexes(
  { offsets, times }: Pick<SegmentIndexes, 'offsets' | 'times'>,
  { offsetEntries, timeEntries }: RebuiltIndexes,
  isCurrent: () => boolean,
): Promise<void> {
  try {
    if (isCurrent()) await offsets.file.replace(offsetEntries, isCurrent);
    if (isCurrent()) await times.file.replace(timeEntries, isCurrent);
  } catch {
    // The next reader that needs them tries again.
  }
}
