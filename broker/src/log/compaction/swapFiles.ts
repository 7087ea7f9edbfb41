import type { Storage } from '../../io/storage.ts';
import { SEGMENT_SUFFIXES, segmentPath } from '../segment/segmentFiles.ts';
import { decodeProducers } from '../producers/producerSnapshot.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import { cleanedPath } from './cleanedFile.ts';
import { decodeSwap, type SizedSegment, type Swap, swapPath } from './swapFile.ts';

interface SwapPlace {
  readonly storage: Storage;
  readonly directory: string;
}

/**
 * The names that `swap` says, in this tick, unsynced; may be done again from wherever it was interrupted. Indexes go, for
 * they are of other bytes; the newest snapshot of producers stays, with the new segment. Throws what the storage throws.
 */
export function swapNames(place: SwapPlace, { old, cleaned }: Swap): void {
  const { storage, directory } = place;
  const removeIf = (path: string): void => {
    if (storage.exists(path)) storage.unlink(path);
  };
  const newest = newestSnapshot(place, old);
  if (newest !== undefined && newest.baseOffset !== cleaned.baseOffset) {
    const from = segmentPath(directory, newest.baseOffset, '.producers');
    storage.rename(from, segmentPath(directory, cleaned.baseOffset, '.producers'));
  }
  for (const { baseOffset } of old) {
    const isKept = baseOffset === cleaned.baseOffset;
    for (const suffix of SEGMENT_SUFFIXES.toReversed()) {
      if (suffix === '.log' || (suffix === '.producers' && isKept)) continue;
      removeIf(segmentPath(directory, baseOffset, suffix));
    }
  }
  const made = cleanedPath(directory, cleaned.baseOffset);
  if (storage.exists(made)) {
    storage.rename(made, segmentPath(directory, cleaned.baseOffset, '.log'));
  }
  for (const { baseOffset } of old) {
    if (baseOffset !== cleaned.baseOffset) removeIf(segmentPath(directory, baseOffset, '.log'));
  }
}

/** By where they end: of an interrupted swap the newest may have the name of the first, and others be there still. */
function newestSnapshot(
  { storage, directory }: SwapPlace,
  old: readonly SizedSegment[],
): SizedSegment | undefined {
  const paths = old.map((segment) => ({
    segment,
    path: segmentPath(directory, segment.baseOffset, '.producers'),
  }));
  const there = paths.filter(({ path }) => storage.exists(path));
  if (there.length < 2) return there[0]?.segment;
  let newest: SizedSegment | undefined;
  let newestEnd = -1;
  for (const { segment, path } of there) {
    const endOffset = endOfSnapshot(storage, path);
    if (endOffset < newestEnd) continue;
    newest = segment;
    newestEnd = endOffset;
  }
  return newest;
}

/** -1 if it cannot be read: it is derived. */
function endOfSnapshot(storage: Storage, path: string): number {
  try {
    return decodeProducers(storage.readFile(path), 0).endOffset;
  } catch {
    return -1;
  }
}

/**
 * Boot: ends a swap that was begun, durably; undefined if there is none. The record of it stays, for a line of before it
 * may have to be believed at the next boot too. Throws LogCorruptError, and what the storage throws.
 */
export async function endSwap(place: SwapPlace): Promise<Swap | undefined> {
  const { storage, directory } = place;
  if (!storage.exists(swapPath(directory))) return undefined;
  const swap = decodeSwap(storage.readFile(swapPath(directory)));
  checkCleaned(place, swap.cleaned);
  swapNames(place, swap);
  await storage.syncDirectory(directory);
  return swap;
}

/** The segments as a line of before the swap counts them. */
export function segmentsBefore(
  { old, cleaned }: Swap,
  segments: readonly SizedSegment[],
): SizedSegment[] {
  const others = segments.filter(({ baseOffset }) => baseOffset !== cleaned.baseOffset);
  return [...others, ...old].sort((left, right) => left.baseOffset - right.baseOffset);
}

/** Retention may have taken it since. */
function checkCleaned({ storage, directory }: SwapPlace, { baseOffset, sizeBytes }: SizedSegment) {
  const path = [
    cleanedPath(directory, baseOffset),
    segmentPath(directory, baseOffset, '.log'),
  ].find((candidate) => storage.exists(candidate));
  if (path === undefined || storage.fileSize(path) === sizeBytes) return;
  throw new LogCorruptError(`${path} has ${storage.fileSize(path)} bytes instead of ${sizeBytes}`);
}
