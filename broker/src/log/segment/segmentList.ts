import type { Offset } from '@millrace/core/ids';
import type { LogSegment } from './segment.ts';

/** The segments of one log by rising base offset. Every offset belongs to the last that begins at or below it. */
export class SegmentList {
  readonly #segments: LogSegment[];
  #sealedBytes = 0;

  constructor(segments: readonly LogSegment[]) {
    this.#segments = [...segments];
    this.#count();
  }

  get last(): LogSegment | undefined {
    return this.#segments.at(-1);
  }

  /** The one that grows; undefined: the next write begins another. */
  get growing(): LogSegment | undefined {
    const last = this.last;
    return last === undefined || last.isSealed ? undefined : last;
  }

  get sizeBytes(): number {
    return this.#sealedBytes + (this.growing?.sizeBytes ?? 0);
  }

  [Symbol.iterator](): Iterator<LogSegment> {
    return this.#segments[Symbol.iterator]();
  }

  get(baseOffset: Offset): LogSegment | undefined {
    const segment = this.holding(baseOffset);
    return segment?.baseOffset === baseOffset ? segment : undefined;
  }

  /** The segment to which `offset` belongs; the first one for offsets before it. */
  holding(offset: Offset): LogSegment | undefined {
    return this.#segments[Math.max(0, this.#after(offset) - 1)];
  }

  /** The last segment that begins below `offset`. */
  below(offset: Offset): LogSegment | undefined {
    return this.#segments[this.#after((offset - 1) as Offset) - 1];
  }

  /** Size of the segments before the one at `base`, from the one that holds `from` on. */
  bytesBetween(from: Offset, base: Offset): number {
    return bytesBetween(this.#segments, from, base);
  }

  /** The first segment that begins past `offset`. */
  after(offset: Offset): LogSegment | undefined {
    return this.#segments[this.#after(offset)];
  }

  /** What is the last becomes sealed by the caller. */
  add(segment: LogSegment): void {
    this.#segments.push(segment);
    this.#count();
  }

  /** Removes and returns those that begin at or past `offset`, the last first. */
  takeFrom(offset: Offset): LogSegment[] {
    const taken: LogSegment[] = [];
    for (let last = this.last; last !== undefined && last.baseOffset >= offset; last = this.last) {
      taken.push(last);
      this.#segments.pop();
    }
    this.#count();
    return taken;
  }

  /** Removes and returns those of which nothing lies at or past `offset`; never the last one. */
  takeBelow(offset: Offset): LogSegment[] {
    const kept = this.#segments.findIndex(
      (_, index) => (this.#segments[index + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) > offset,
    );
    const taken = this.#segments.splice(0, Math.max(0, kept));
    this.#count();
    return taken;
  }

  /** `cleaned` takes the place of `old`, which follow each other. */
  swap(old: readonly LogSegment[], cleaned: LogSegment): void {
    const first = old[0];
    const at = first === undefined ? -1 : this.#segments.indexOf(first);
    if (at < 0) return;
    this.#segments.splice(at, old.length, cleaned);
    this.#count();
  }

  /** A segment was sealed or cut. */
  changed(): void {
    this.#count();
  }

  #after(offset: Offset): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#segments[middle]?.baseOffset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #count(): void {
    this.#sealedBytes = 0;
    for (const segment of this.#segments) {
      if (segment !== this.growing) this.#sealedBytes += segment.sizeBytes;
    }
  }
}

/** As SegmentList.bytesBetween. `segments`: by rising base offset. */
export function bytesBetween(
  segments: readonly { readonly baseOffset: Offset; readonly sizeBytes: number }[],
  from: Offset,
  base: Offset,
): number {
  let bytes = 0;
  for (const [index, { baseOffset, sizeBytes }] of segments.entries()) {
    if (baseOffset >= base) break;
    const next = Math.min(segments[index + 1]?.baseOffset ?? base, base);
    if (next > from) bytes += sizeBytes;
  }
  return bytes;
}
