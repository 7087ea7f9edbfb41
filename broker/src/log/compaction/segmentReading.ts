import { scanBatches } from '@millrace/core/batchCheck';
import type { BatchHeader } from '@millrace/core/batchHeader';
import { millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import { LogCorruptError } from '../logCorruptError.ts';
import type { LogContent } from '../partition/logContent.ts';
import type { WorkSlices } from './workSlices.ts';

const chunkBytes = 512 << 10;

export interface Chunk {
  /** Whole batches, in memory of their own. */
  readonly batches: Buffer;
  readonly headers: readonly BatchHeader[];
  /** Of its first byte in the segment. */
  readonly position: number;
}

/** Sealed segments of one log, chunk by chunk, whose CRC is checked (safety.md, rule 12). */
export class SegmentReading {
  readonly #content: LogContent;
  readonly #slices: WorkSlices;
  bytesRead = 0;

  constructor(content: LogContent, slices: WorkSlices) {
    this.#content = content;
    this.#slices = slices;
  }

  /** From about the batch that holds `from`. Throws LogCorruptError, CONFLICT if the segment is gone, and what the storage throws. */
  async *chunks(base: Offset, from: Offset): AsyncGenerator<Chunk> {
    const segment = this.#content.segments.get(base);
    if (segment === undefined || !segment.isSealed) throw changed(base);
    const { sizeBytes } = segment;
    const { cuts } = this.#content;
    const cutsBefore = cuts.count;
    // Its file may be another one by now, or be cut.
    const assertSame = (): void => {
      const isCut = !segment.isSealed || segment.sizeBytes !== sizeBytes;
      if (isCut || this.#content.segments.get(base) !== segment) throw changed(base);
    };
    let position = from > base ? await segment.locate(from) : 0;
    let next: number = base;
    while (position < sizeBytes) {
      await this.#slices.spend(Math.min(chunkBytes, sizeBytes - position));
      assertSame();
      const batches = await segment.readBatches(position, chunkBytes, sizeBytes);
      this.#slices.assertRuns();
      assertSame();
      const { headers, validBytes, fault } = scanBatches(batches, next);
      if (validBytes === 0 || fault !== undefined) {
        // What was cut while it was read is no damage.
        if (cuts.count !== cutsBefore || segment.sizeBytes < sizeBytes) throw changed(base);
        const what = fault?.message ?? `no batch at byte ${position}`;
        throw new LogCorruptError(`${segment.path}: ${what}`, fault);
      }
      yield { batches, headers, position };
      const last = headers.at(-1);
      if (last !== undefined) next = last.baseOffset + last.lastOffsetDelta + 1;
      position += validBytes;
      this.bytesRead += validBytes;
    }
  }
}

function changed(base: Offset): Error {
  const what = `segment ${base} went while it was compacted`;
  return millraceError('CONFLICT', what, { outcome: 'not-applied' });
}
