/** What becomes of a batch that was refused: sent again, or failed. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { PartitionLane } from './partitionLane.ts';
import type { ProducerBatch } from './producerBatch.ts';
import type { ProducerSettings } from './producerOptions.ts';
import { type RetryDecision, retryDecision } from './retryDecision.ts';

/** The batch is still in the window of its lane; what the refusal says of its sequences and its size is noted there. */
export function verdictOn(
  batch: ProducerBatch,
  error: MillraceError,
  lane: PartitionLane,
  settings: ProducerSettings,
): RetryDecision {
  if (performance.now() >= batch.createdMs + settings.deliveryTimeoutMs) return 'fail';
  if (error.code === 'OUT_OF_ORDER_SEQUENCE' && lane.sequences !== undefined) {
    // One before it is missing: that one is sent again, and this one behind it.
    if (lane.window.oldest() !== batch) return 'retry';
    // What may be in the log fails there, the others get another place.
    lane.sequences.die();
    return 'retry';
  }
  if (error.code === 'RECORD_TOO_LARGE' && error.outcome === 'not-applied') {
    batch.mustSplit = batch.recordCount > 1 && !batch.inDoubt;
    return batch.mustSplit ? 'refresh-then-retry' : 'fail';
  }
  return retryDecision(error, settings);
}

/** Of a batch after its last attempt: if an earlier one may be in the log, so may the batch. */
export function afterAll(batch: ProducerBatch, error: MillraceError): MillraceError {
  const isTold = error.outcome === 'applied' || error.outcome === 'unknown' || !batch.inDoubt;
  return isTold ? error : withOutcome('unknown', error);
}

/** Of a batch that is not in flight, and will not be any more because of `cause`. */
export function withoutAttempt(batch: ProducerBatch, cause: MillraceError): MillraceError {
  return withOutcome(batch.inDoubt ? 'unknown' : 'not-applied', cause);
}

function withOutcome(outcome: 'unknown' | 'not-applied', cause: MillraceError): MillraceError {
  const { code, message, retryAfterMs, leader } = cause;
  return millraceError(code, message, { outcome, retryAfterMs, leader, cause });
}
