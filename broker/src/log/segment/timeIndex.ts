import { writeInt64 } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';
import type { Storage } from '../../io/storage.ts';
import { IndexFile } from './indexFile.ts';
import type { OpenFiles } from './openFiles.ts';

export const TIME_ENTRY_BYTES = 12;

/**
 * `.timeindex`: the greatest timestamp so far, at some batches where it rose. Entry, big-endian: i64
 * milliseconds since 1970, u32 base offset of the batch less that of the segment. No batch at or below
 * that offset is newer. The last entry of a sealed one is the greatest timestamp of the segment.
 */
export class TimeIndex {
  readonly file: IndexFile;
  readonly #baseOffset: number;

  constructor(path: string, baseOffset: Offset, storage: Storage, files: OpenFiles) {
    this.file = new IndexFile(path, TIME_ENTRY_BYTES, storage, files);
    this.#baseOffset = baseOffset;
  }

  /** `timestampMs` is above that of the entry before. */
  add(timestampMs: number, offset: Offset): void {
    this.file.add((bytes, at) =>
      encodeTimeEntry(bytes, at, timestampMs, offset - this.#baseOffset),
    );
  }

  /** Base offset of a batch before which, itself included, everything is older than `timestampMs`. */
  async olderUpTo(timestampMs: number): Promise<Offset | undefined> {
    const entry = await this.file.last((bytes, at) => timestampOf(bytes, at) < timestampMs);
    return entry && ((this.#baseOffset + entry.readUInt32BE(8)) as Offset);
  }

  /** The greatest timestamp indexed, milliseconds since 1970; undefined if there is none. */
  async newest(): Promise<number | undefined> {
    const entry = await this.file.last(() => true);
    return entry && timestampOf(entry, 0);
  }

  /** As newest, of a growing segment just reopened. */
  newestNow(): number | undefined {
    const entry = this.file.lastNow();
    return entry && timestampOf(entry, 0);
  }

  /** Of the growing segment at boot: keeps entries of batches below `endOffset`. */
  reopen(endOffset: Offset): void {
    this.file.reopen((bytes, at) => bytes.readUInt32BE(at + 8) < endOffset - this.#baseOffset);
  }

  cut(endOffset: Offset): void {
    this.file.cut((bytes, at) => bytes.readUInt32BE(at + 8) < endOffset - this.#baseOffset);
  }
}

export function encodeTimeEntry(
  into: Buffer,
  at: number,
  timestampMs: number,
  relativeOffset: number,
): void {
  writeInt64(into, at, timestampMs);
  into.writeUInt32BE(relativeOffset, at + 8);
}

function timestampOf(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}
