import type { Offset } from '@millrace/core/ids';
import type { Storage } from '../../io/storage.ts';
import { IndexFile } from './indexFile.ts';
import type { OpenFiles } from './openFiles.ts';

export const OFFSET_ENTRY_BYTES = 8;

export interface IndexedBatch {
  /** Base offset of a batch. */
  readonly offset: Offset;
  /** Where it begins in the segment. */
  readonly position: number;
}

/**
 * `.index`: where some batches of a segment begin. Entry, big-endian: u32 base offset of the batch less
 * that of the segment, u32 byte position.
 */
export class OffsetIndex {
  readonly file: IndexFile;
  readonly #baseOffset: number;

  constructor(path: string, baseOffset: Offset, storage: Storage, files: OpenFiles) {
    this.file = new IndexFile(path, OFFSET_ENTRY_BYTES, storage, files);
    this.#baseOffset = baseOffset;
  }

  add({ offset, position }: IndexedBatch): void {
    this.file.add((bytes, at) => encodeOffsetEntry(bytes, at, offset - this.#baseOffset, position));
  }

  /** The last batch known to begin at or below `offset`. A hint: compare with the batch that lies there. */
  async floor(offset: Offset): Promise<IndexedBatch | undefined> {
    const relative = offset - this.#baseOffset;
    const entry = await this.file.last((bytes, at) => bytes.readUInt32BE(at) <= relative);
    if (entry === undefined) return undefined;
    return {
      offset: (this.#baseOffset + entry.readUInt32BE(0)) as Offset,
      position: entry.readUInt32BE(4),
    };
  }

  /** Of the growing segment at boot: keeps what lies below `position`. */
  reopen(position: number): void {
    this.file.reopen((bytes, at) => bytes.readUInt32BE(at + 4) < position);
  }

  cut(position: number): void {
    this.file.cut((bytes, at) => bytes.readUInt32BE(at + 4) < position);
  }
}

export function encodeOffsetEntry(
  into: Buffer,
  at: number,
  relativeOffset: number,
  position: number,
): void {
  into.writeUInt32BE(relativeOffset, at);
  into.writeUInt32BE(position, at + 4);
}
