import { MillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { LogConfig } from './logConfig.ts';
import type { LogContent } from './logContent.ts';
import { type RetainedSegment, retainedStart } from './retention.ts';
import { storageFailed } from '../directory/storageFailed.ts';

export interface ExpiryBounds {
  /** Wall clock. */
  readonly nowMs: number;
  /** Nothing at or past it goes (safety.md, rule 24). */
  readonly before: Offset;
  /** Asked again once it is known what would go. */
  readonly isAllowed: () => boolean;
}

/** The sealed segments with their ends, oldest first. */
export function sealedSegments({ segments, end }: LogContent): RetainedSegment[] {
  const all = [...segments];
  return all.flatMap((segment, index) => {
    if (!segment.isSealed) return [];
    const endOffset = all[index + 1]?.baseOffset ?? end.offset;
    const { baseOffset, sizeBytes } = segment;
    return [{ baseOffset, endOffset, sizeBytes, newestMs: () => segment.newestMs() }];
  });
}

/** One round of retention. Throws STORAGE_FAILED if a segment cannot be read that has to be; see PartitionLog.expire. */
export async function expire(
  content: LogContent,
  config: LogConfig,
  { roll, ...bounds }: ExpiryBounds & { readonly roll: () => void },
): Promise<boolean> {
  try {
    if (await isGrowingTooLong(content, config, bounds.nowMs)) roll();
    return await expireSegments(content, config, bounds);
  } catch (error) {
    // The copy was deleted meanwhile.
    if (content.isClosed) return false;
    throw error instanceof MillraceError
      ? error
      : storageFailed(content.name, error, 'not-applied');
  }
}

/** Whether the growing segment holds back what retention would take, or is older than a segment may be. */
async function isGrowingTooLong(
  content: LogContent,
  config: LogConfig,
  nowMs: number,
): Promise<boolean> {
  const { retentionMs = Number.POSITIVE_INFINITY, segmentMsMax } = config;
  if (content.growingForMs >= Math.min(retentionMs, segmentMsMax)) return true;
  const newestMs = await content.segments.growing?.newestMs();
  return newestMs !== undefined && newestMs < nowMs - retentionMs;
}

/**
 * Moves the log start past sealed segments below `before` that are not wanted, if `isAllowed` still says so once they
 * are known; true if it moved.
 */
async function expireSegments(
  content: LogContent,
  config: LogConfig,
  bounds: ExpiryBounds,
): Promise<boolean> {
  const { sizeBytes } = content.segments;
  const start = await retainedStart(sealedSegments(content), config, { ...bounds, sizeBytes });
  if (start === undefined || !bounds.isAllowed()) return false;
  // A truncation meanwhile may have gone below it.
  if (start <= content.logStart || start > content.end.offset) return false;
  content.advanceLogStart(start);
  return true;
}
