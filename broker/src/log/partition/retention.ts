import type { Offset } from '@millrace/core/ids';
import type { LogConfig } from './logConfig.ts';

/** A sealed segment as retention sees it. */
export interface RetainedSegment {
  readonly baseOffset: Offset;
  /** Exclusive. */
  readonly endOffset: Offset;
  readonly sizeBytes: number;
  /** No batch is newer; undefined if that is not known. */
  newestMs(): Promise<number | undefined>;
}

export interface RetentionBounds {
  /** Wall clock. */
  readonly nowMs: number;
  /** Of the whole log. */
  readonly sizeBytes: number;
  /** Nothing at or past it may go: high watermark and checkpoint (safety.md, rule 24). */
  readonly before: Offset;
}

/**
 * Where the log begins once its oldest segments are gone that `config` does not want: those beyond retentionBytes,
 * and those of which every batch is older than retentionMs. undefined: nothing goes.
 */
export async function retainedStart(
  sealed: readonly RetainedSegment[],
  config: LogConfig,
  bounds: RetentionBounds,
): Promise<Offset | undefined> {
  if (!config.cleanupPolicy.includes('delete')) return undefined;
  const { retentionBytes, retentionMs } = config;
  let start: Offset | undefined;
  let sizeBytes = bounds.sizeBytes;
  for (const segment of sealed) {
    if (segment.endOffset > bounds.before) break;
    sizeBytes -= segment.sizeBytes;
    const isBeyondSize = retentionBytes !== undefined && sizeBytes >= retentionBytes;
    if (!isBeyondSize) {
      if (retentionMs === undefined) break;
      const newestMs = await segment.newestMs();
      if (newestMs === undefined || newestMs >= bounds.nowMs - retentionMs) break;
    }
    start = segment.endOffset;
  }
  return start;
}
