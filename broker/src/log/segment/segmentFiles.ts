import { join } from 'node:path';
import type { Offset } from '@millrace/core/ids';
import type { Storage } from '../../io/storage.ts';
import type { OpenFiles } from './openFiles.ts';

/** Digits of a base offset in a file name, so that names sort like offsets. */
const nameDigits = 20;

export type SegmentSuffix = '.log' | '.index' | '.timeindex' | '.producers';

/** Every file that goes with a segment. */
export const SEGMENT_SUFFIXES: readonly SegmentSuffix[] = [
  '.log',
  '.index',
  '.timeindex',
  '.producers',
];

export function segmentPath(directory: string, baseOffset: Offset, suffix: SegmentSuffix): string {
  return join(directory, `${String(baseOffset).padStart(nameDigits, '0')}${suffix}`);
}

/** The base offset in the name of a segment's file; undefined for other names. */
export function segmentBaseOf(name: string): { base: Offset; suffix: string } | undefined {
  const match = /^(\d{20})(\.(?:log|index|timeindex|producers))$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const base = Number(match[1]);
  return Number.isSafeInteger(base) ? { base: base as Offset, suffix: match[2] } : undefined;
}

/** Its descriptors, if any is open. */
export function forgetSegmentFiles(
  { openFiles, directory }: { readonly openFiles: OpenFiles; readonly directory: string },
  base: Offset,
): void {
  for (const suffix of SEGMENT_SUFFIXES) openFiles.forget(segmentPath(directory, base, suffix));
}

/** The batches last: indexes without a segment are leftovers that a boot removes. Throws what the storage throws. */
export function removeSegmentFiles(
  { storage, directory }: { readonly storage: Storage; readonly directory: string },
  base: Offset,
): void {
  for (const suffix of SEGMENT_SUFFIXES.toReversed()) {
    const path = segmentPath(directory, base, suffix);
    if (storage.exists(path)) storage.unlink(path);
  }
}

/** Of all segments that `directory` holds, in no particular order. */
export function segmentBasesIn({
  storage,
  directory,
}: {
  readonly storage: Storage;
  readonly directory: string;
}): Offset[] {
  return storage.list(directory).flatMap(({ name, kind }) => {
    const found = kind === 'file' ? segmentBaseOf(name) : undefined;
    return found?.suffix === '.log' ? [found.base] : [];
  });
}
