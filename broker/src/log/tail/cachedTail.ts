import type { Offset } from '@millrace/core/ids';
import { CachedPiece, type PieceFields, type TailCache } from './tailCache.ts';

/** Evicted pieces that the list may hold before it is compacted. */
const evictedMax = 64;

/** The pieces of one log that are in the tail cache, in the order of their offsets. */
export class CachedTail {
  readonly #cache: TailCache;
  #pieces: CachedPiece[] = [];
  /** Pieces added since the list was last compacted. */
  #added = 0;

  constructor(cache: TailCache) {
    this.#cache = cache;
  }

  /** Follows the last one. */
  add(fields: PieceFields): void {
    const piece = new CachedPiece(fields);
    this.#cache.add(piece);
    this.#pieces.push(piece);
    this.#added += 1;
    if (this.#added > evictedMax && this.#added * 2 > this.#pieces.length) this.#compact();
  }

  /** Index of the piece that answers for `offset`, for `at`, within this tick; -1 if it is not in memory. */
  indexOf(offset: Offset): number {
    const pieces = this.#pieces;
    let low = 0;
    let high = pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pieces[middle]?.endOffset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const piece = pieces[low];
    return piece?.buffer !== undefined && piece.from <= offset ? low : -1;
  }

  /** A piece in memory, for this tick; `lend` what is to be kept. */
  at(index: number): CachedPiece | undefined {
    const piece = this.#pieces[index];
    return piece?.buffer === undefined ? undefined : piece;
  }

  /** Of a piece of this tick: bytes that stay as they are for whoever holds them. */
  lend(view: Buffer): Buffer {
    return this.#cache.lend(view);
  }

  /** Forgets pieces that reach past `offset`. */
  cut(offset: Offset): void {
    for (;;) {
      const last = this.#pieces.at(-1);
      if (last === undefined || last.endOffset <= offset) return;
      this.#cache.remove(last);
      this.#pieces.pop();
    }
  }

  /** Forgets pieces of the segment at `segmentBase`: they lie elsewhere now, or nowhere. */
  forget(segmentBase: Offset): void {
    this.#pieces = this.#pieces.filter((piece) => {
      if (piece.segmentBase !== segmentBase) return true;
      this.#cache.remove(piece);
      return false;
    });
  }

  clear(): void {
    for (const piece of this.#pieces) this.#cache.remove(piece);
    this.#pieces = [];
  }

  #compact(): void {
    this.#pieces = this.#pieces.filter((piece) => piece.buffer !== undefined);
    this.#added = 0;
  }
}
