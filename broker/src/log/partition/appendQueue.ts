import type { QueuedBatches } from './writePlan.ts';

/** Batches that have their offsets and wait for the next flush, in order. */
export class AppendQueue {
  #queued: QueuedBatches[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#queued.length === 0;
  }

  add(batches: QueuedBatches): void {
    this.#queued.push(batches);
    this.#bytes += batches.buffer.length;
  }

  /** About `bytesMax` of the first ones, one at least. */
  take(bytesMax: number): QueuedBatches[] {
    if (this.#bytes <= bytesMax) return this.clear();
    let count = 0;
    let bytes = 0;
    for (const { buffer } of this.#queued) {
      if (count > 0 && bytes + buffer.length > bytesMax) break;
      count += 1;
      bytes += buffer.length;
    }
    this.#bytes -= bytes;
    return this.#queued.splice(0, count);
  }

  clear(): QueuedBatches[] {
    const taken = this.#queued;
    this.#queued = [];
    this.#bytes = 0;
    return taken;
  }
}
