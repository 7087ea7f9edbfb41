/** Whether batches of a client are in the log already (safety.md, rule 15). */
import type { BatchHeader } from '@millrace/core/batchHeader';
import { millraceError } from '@millrace/core/errors';
import type { LogProducers } from '../log/producers/logProducers.ts';
import type { RememberedBatch } from '../log/producers/producerState.ts';
import type { ReplicationRulesOff } from './replicationRules.ts';

/**
 * Where the batch lies already; undefined: append it. Throws OUT_OF_ORDER_SEQUENCE, PRODUCER_FENCED, and INVALID_RECORD
 * for a batch of an idempotent producer that is not alone [one of several could be a duplicate, the next one not].
 */
export function duplicateOf(
  producers: Pick<LogProducers, 'check'>,
  headers: readonly BatchHeader[],
  rulesOff: ReplicationRulesOff,
): RememberedBatch | undefined {
  if (rulesOff.has('sequences-checked')) return undefined;
  const first = headers[0];
  if (headers.length === 1 && first !== undefined) {
    return first.producerId < 0 ? undefined : producers.check(first);
  }
  const sequenced = headers.find(({ producerId }) => producerId >= 0);
  if (sequenced === undefined) return undefined;
  const what = `a batch of producer ${sequenced.producerId} among ${headers.length}: send one at a time`;
  throw millraceError('INVALID_RECORD', what);
}
