import type { Offset } from '@millrace/core/ids';
import { baseOffsetOf, sizeBytesOf } from './batchFields.ts';
import { BatchIndexer } from './batchIndexer.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import { encodeOffsetEntry, OFFSET_ENTRY_BYTES } from './offsetIndex.ts';
import { encodeTimeEntry, TIME_ENTRY_BYTES } from './timeIndex.ts';

const sliceBytes = 1 << 20;

export interface RebuiltIndexes {
  readonly offsetEntries: Buffer;
  readonly timeEntries: Buffer;
  /** Milliseconds since 1970. */
  readonly newestMs: number;
}

export interface IndexedBytes {
  readonly path: string;
  readonly baseOffset: Offset;
  readonly sizeBytes: number;
  /** Whole batches from `position`; empty if none can be there. */
  read(position: number, bytesMax: number): Promise<Buffer>;
}

/** Both indexes of a sealed segment, read slice by slice. Throws LogCorruptError where no batch follows. */
export async function rebuildIndexes(
  segment: IndexedBytes,
  intervalBytes: number,
  nowMs: number,
): Promise<RebuiltIndexes> {
  const offsets: Buffer[] = [];
  const times: Buffer[] = [];
  const indexer = new BatchIndexer({
    offsetEntry(offset, position) {
      const entry = Buffer.allocUnsafe(OFFSET_ENTRY_BYTES);
      encodeOffsetEntry(entry, 0, offset - segment.baseOffset, position);
      offsets.push(entry);
    },
    timeEntry(timestampMs, offset) {
      const entry = Buffer.allocUnsafe(TIME_ENTRY_BYTES);
      encodeTimeEntry(entry, 0, timestampMs, offset - segment.baseOffset);
      times.push(entry);
    },
  });
  let lastBase = segment.baseOffset;
  for (let position = 0; position < segment.sizeBytes; ) {
    const batches = await segment.read(position, sliceBytes);
    if (batches.length === 0) {
      throw new LogCorruptError(`${segment.path}: no batch at byte ${position}`);
    }
    indexer.add(batches, position, intervalBytes, nowMs);
    lastBase = lastBaseIn(batches);
    position += batches.length;
  }
  indexer.indexNewest(lastBase);
  return {
    offsetEntries: Buffer.concat(offsets),
    timeEntries: Buffer.concat(times),
    newestMs: indexer.newestMs ?? nowMs,
  };
}

/** Base offset of the last of these whole batches. */
function lastBaseIn(batches: Buffer): Offset {
  let lastAt = 0;
  for (let at = 0; at < batches.length; at += sizeBytesOf(batches, at)) lastAt = at;
  return baseOffsetOf(batches, lastAt);
}

const nothing = (): void => {};

/** Rebuilds the indexes of one segment, one at a time; who asks while it is as it was shares one. */
export class IndexRebuilding {
  #running: { readonly changes: number; readonly newestMs: Promise<number> } | undefined;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** `changes`: of the segment so far. Resolves with the newest timestamp that `rebuild` found. */
  run(changes: number, rebuild: () => Promise<number>): Promise<number> {
    const earlier = this.#running;
    // One that began before a cut says nothing of what is there now.
    if (earlier?.changes === changes) return earlier.newestMs;
    const before = earlier?.newestMs.then(nothing, nothing) ?? Promise.resolve();
    const running = { changes, newestMs: before.then(rebuild) };
    this.#running = running;
    const end = (): void => {
      if (this.#running === running) this.#running = undefined;
    };
    running.newestMs.then(end, end);
    return running.newestMs;
  }
}
