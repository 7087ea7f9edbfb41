import { join } from 'node:path';
import type { Offset } from '@millrace/core/ids';
import type { StorageFile } from '../../io/storage.ts';
import { baseOffsetOf, sizeBytesOf } from '../segment/batchFields.ts';
import { BatchIndexer } from '../segment/batchIndexer.ts';
import type { RebuiltIndexes } from '../segment/indexRebuild.ts';
import { encodeOffsetEntry, OFFSET_ENTRY_BYTES } from '../segment/offsetIndex.ts';
import type { SegmentPlace } from '../segment/segmentPlace.ts';
import { encodeTimeEntry, TIME_ENTRY_BYTES } from '../segment/timeIndex.ts';
import type { WorkSlices } from './workSlices.ts';

/** Gathered before it is written. */
const writeBytes = 256 << 10;
/** Written between two syncs: a large one at the end would hold up those of the journal. */
const syncBytes = 4 << 20;

/** The name of a segment that is being made, until it is swapped in. */
export function cleanedPath(directory: string, base: Offset): string {
  return join(directory, `${String(base).padStart(20, '0')}.cleaned`);
}

/** A new segment beside those whose place it will take: batches in the order of their offsets, and its indexes in memory. */
export class CleanedFile {
  readonly baseOffset: Offset;
  readonly #place: SegmentPlace;
  readonly #slices: WorkSlices;
  readonly #file: StorageFile;
  readonly #indexer: BatchIndexer;
  readonly #offsetEntries: Buffer[] = [];
  readonly #timeEntries: Buffer[] = [];
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #writtenBytes = 0;
  #unsyncedBytes = 0;
  #lastBase: Offset;

  constructor(place: SegmentPlace, baseOffset: Offset, slices: WorkSlices) {
    this.baseOffset = baseOffset;
    this.#place = place;
    this.#slices = slices;
    this.#lastBase = baseOffset;
    this.#file = place.storage.open(cleanedPath(place.directory, baseOffset), 'create');
    this.#file.truncate(0);
    this.#indexer = new BatchIndexer({
      offsetEntry: (offset, position) => {
        const entry = Buffer.allocUnsafe(OFFSET_ENTRY_BYTES);
        encodeOffsetEntry(entry, 0, offset - baseOffset, position);
        this.#offsetEntries.push(entry);
      },
      timeEntry: (timestampMs, offset) => {
        const entry = Buffer.allocUnsafe(TIME_ENTRY_BYTES);
        encodeTimeEntry(entry, 0, timestampMs, offset - baseOffset);
        this.#timeEntries.push(entry);
      },
    });
  }

  get sizeBytes(): number {
    return this.#writtenBytes + this.#gatheredBytes;
  }

  /** Whole batches that follow; they stay as they are until `finish`. */
  async add(batches: Buffer): Promise<void> {
    const { indexIntervalBytes, clock } = this.#place;
    this.#indexer.add(batches, this.sizeBytes, indexIntervalBytes(), clock.wallMs());
    for (let at = 0; at < batches.length; at += sizeBytesOf(batches, at)) {
      this.#lastBase = baseOffsetOf(batches, at);
    }
    this.#gathered.push(batches);
    this.#gatheredBytes += batches.length;
    if (this.#gatheredBytes >= writeBytes) await this.#write();
  }

  /** All of it is durable, but for its name. Throws what the storage throws. */
  async finish(sync: 'synced' | 'not synced'): Promise<RebuiltIndexes> {
    if (this.#gatheredBytes > 0) await this.#write();
    if (sync === 'synced') await this.#file.sync();
    this.#indexer.indexNewest(this.#lastBase);
    return {
      offsetEntries: Buffer.concat(this.#offsetEntries),
      timeEntries: Buffer.concat(this.#timeEntries),
      newestMs: this.#indexer.newestMs ?? this.#place.clock.wallMs(),
    };
  }

  close(): void {
    this.#file.close();
  }

  async #write(): Promise<void> {
    const buffers = this.#gathered;
    const bytes = this.#gatheredBytes;
    this.#gathered = [];
    await this.#slices.spend(bytes);
    await this.#file.write(buffers, this.#writtenBytes);
    this.#gatheredBytes = 0;
    this.#writtenBytes += bytes;
    this.#unsyncedBytes += bytes;
    if (this.#unsyncedBytes < syncBytes) return;
    this.#unsyncedBytes = 0;
    await this.#file.sync();
  }
}
