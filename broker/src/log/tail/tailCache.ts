import type { Offset } from '@millrace/core/ids';

/** Slabs are this large, or a twelfth of a small budget. */
const slabBytesMax = 4 << 20;
const slabsMin = 12;
/** Readers may keep a quarter as many slabs alive as the cache has, before they get copies. */
const outlivedShare = 4;

/** Batches in memory as one write put them into a segment. */
export interface PieceFields {
  /** The log end before it: the first offset that it answers for, gaps included. */
  readonly from: Offset;
  /** Exclusive. */
  readonly endOffset: Offset;
  readonly segmentBase: Offset;
  /** Byte position in the segment. */
  readonly position: number;
  /** Leader epoch of its last batch. */
  readonly lastEpoch: number;
  /** Whole batches, in memory that `allocate` gave. */
  readonly buffer: Buffer;
}

export class CachedPiece {
  readonly from: Offset;
  readonly endOffset: Offset;
  readonly segmentBase: Offset;
  readonly position: number;
  readonly lastEpoch: number;
  /** undefined once evicted. */
  buffer: Buffer | undefined;

  constructor(fields: PieceFields) {
    this.from = fields.from;
    this.endOffset = fields.endOffset;
    this.segmentBase = fields.segmentBase;
    this.position = fields.position;
    this.lastEpoch = fields.lastEpoch;
    this.buffer = fields.buffer;
  }
}

interface Slab {
  readonly memory: ArrayBuffer;
  usedBytes: number;
  readonly pieces: CachedPiece[];
  /** Views of it that were given out and are not written yet, to the segment and to the journal. */
  pending: number;
  /** Readers may hold views of it for as long as they like. */
  wasRead: boolean;
}

/**
 * One byte budget for the newest batches of all partitions. What is written is gathered here, in slabs that are
 * filled one after the other; the oldest slab goes first, and its memory is used again unless somebody may still hold
 * a view of it. Steady traffic thus leaves nothing for the garbage collector (docs/decisions/0004-process-memory.md).
 *
 * A view keeps its whole slab alive, however small it is. So what readers have made outlive the cache is counted, and
 * once it is too much they get copies: beside them never more than 2 1/4 times the budget is in memory.
 */
export class TailCache {
  readonly #slabBytes: number;
  readonly #slabsMax: number;
  /** Oldest first; the last one is being filled. */
  readonly #slabs: Slab[] = [];
  readonly #byMemory = new Map<ArrayBufferLike, Slab>();
  /** Evicted under a view, and not collected when last looked at. */
  #outlived: WeakRef<ArrayBuffer>[] = [];
  #isCrowded = false;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#slabBytes = Math.min(slabBytesMax, Math.floor(bytesMax / slabsMin));
    this.#slabsMax = this.#slabBytes === 0 ? 0 : Math.floor(bytesMax / this.#slabBytes);
  }

  /** Of the pieces in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Memory for what is to be written and then added. Its bytes stay as they are until `written`, however long a full
   * journal or a slow disk takes; what is lost before is never used again.
   */
  allocate(bytes: number): Buffer {
    const slab = bytes > this.#slabBytes ? undefined : this.#slabWithRoom(bytes);
    if (slab === undefined) return Buffer.allocUnsafeSlow(bytes);
    const buffer = Buffer.from(slab.memory, slab.usedBytes, bytes);
    slab.usedBytes += bytes;
    slab.pending += 1;
    return buffer;
  }

  /** What is too large for the cache is not kept. */
  add(piece: CachedPiece): void {
    const { buffer } = piece;
    const slab = buffer === undefined ? undefined : this.#byMemory.get(buffer.buffer);
    if (buffer === undefined || slab === undefined) {
      piece.buffer = undefined;
      return;
    }
    slab.pieces.push(piece);
    this.#bytes += buffer.length;
  }

  /** These buffers of `allocate` are written wherever they had to be. */
  written(buffers: readonly Buffer[]): void {
    for (const { buffer } of buffers) {
      const slab = this.#byMemory.get(buffer);
      if (slab !== undefined) slab.pending -= 1;
    }
  }

  /** For a reader, who may hold it for as long as it likes: `view`, which lies in a piece in memory, or a copy of it. */
  lend(view: Buffer): Buffer {
    const slab = this.#byMemory.get(view.buffer);
    if (slab === undefined || slab.wasRead) return view;
    if (this.#isCrowded) {
      const copy = Buffer.allocUnsafeSlow(view.length);
      view.copy(copy);
      return copy;
    }
    slab.wasRead = true;
    return view;
  }

  /** Idempotent. */
  remove(piece: CachedPiece): void {
    if (piece.buffer === undefined) return;
    this.#bytes -= piece.buffer.length;
    piece.buffer = undefined;
  }

  #slabWithRoom(bytes: number): Slab | undefined {
    const last = this.#slabs.at(-1);
    if (last !== undefined && last.usedBytes + bytes <= this.#slabBytes) return last;
    if (this.#slabsMax === 0) return undefined;
    const memory = this.#slabs.length < this.#slabsMax ? undefined : this.#evictOldest();
    const slab: Slab = {
      memory: memory ?? new ArrayBuffer(this.#slabBytes),
      usedBytes: 0,
      pieces: [],
      pending: 0,
      wasRead: false,
    };
    this.#slabs.push(slab);
    this.#byMemory.set(slab.memory, slab);
    return slab;
  }

  /** Its memory, if nobody can hold a view of it. */
  #evictOldest(): ArrayBuffer | undefined {
    const oldest = this.#slabs.shift();
    if (oldest === undefined) return undefined;
    for (const piece of oldest.pieces) this.remove(piece);
    this.#byMemory.delete(oldest.memory);
    const isHeld = oldest.wasRead || oldest.pending > 0;
    this.#outlived = this.#outlived.filter((memory) => memory.deref() !== undefined);
    if (isHeld) this.#outlived.push(new WeakRef(oldest.memory));
    this.#isCrowded = this.#outlived.length * outlivedShare >= this.#slabsMax;
    return isHeld ? undefined : oldest.memory;
  }
}
