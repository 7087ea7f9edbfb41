/** Checkers of the files that the copies of a partition leave behind. */
import type { CopyBatch, CopyLog } from '../history/copyLog.ts';
import type { PartitionHistory } from '../history/partitionHistory.ts';
import type { Checker } from './checker.ts';

export const replicaDifference: Checker = {
  name: 'replicas differing',
  meaning: 'below the high watermark, bytes of a copy that another one does not have there',
  *check(history) {
    const [reference, ...others] = history.copies.toSorted(byTrust);
    if (reference === undefined) return;
    for (const other of others) yield* differences(reference, other, history.highWatermark);
  },
};

export const shortReplica: Checker = {
  name: 'replica short of the high watermark',
  meaning: 'a copy in the ISR that lacks what is committed, or cannot be read up to there',
  *check({ copies, highWatermark }: PartitionHistory) {
    for (const copy of copies) {
      if (!copy.inIsr || copy.isDamagedByUs) continue;
      const end = endOf(copy);
      if (end >= highWatermark) continue;
      const why = copy.fault === undefined ? '' : ` (${copy.fault})`;
      yield `${named(copy)} ends at ${end}, the high watermark is ${highWatermark}${why}`;
    }
  },
};

export const brokenBatch: Checker = {
  name: 'broken batch',
  meaning: 'below the high watermark, a batch with a wrong CRC that the run did not break itself',
  *check({ copies, highWatermark }) {
    for (const copy of copies) {
      if (copy.isDamagedByUs) continue;
      for (const { baseOffset, isIntact } of copy.batches) {
        if (isIntact || baseOffset >= highWatermark) continue;
        yield `${named(copy)} has a batch with a wrong CRC at offset ${baseOffset}`;
      }
    }
  },
};

/** Batches broken by the run that their broker has not replaced: nothing tells it before somebody reads them. */
export function latentDamage({ copies, highWatermark }: PartitionHistory): number {
  return copies
    .flatMap(({ isDamagedByUs, batches }) => (isDamagedByUs ? batches : []))
    .filter(({ isIntact, baseOffset }) => !isIntact && baseOffset < highWatermark).length;
}

/** Compared with are copies that nothing happened to, those in the ISR first. */
function byTrust(one: CopyLog, other: CopyLog): number {
  const distrust = ({ isDamagedByUs, inIsr }: CopyLog): number =>
    (isDamagedByUs ? 2 : 0) + (inIsr ? 0 : 1);
  return distrust(one) - distrust(other) || one.brokerId - other.brokerId;
}

function* differences(one: CopyLog, other: CopyLog, highWatermark: number): Generator<string> {
  const from = Math.max(startOf(one), startOf(other));
  const before = Math.min(endOf(one), endOf(other), highWatermark);
  const within = ({ batches }: CopyLog): readonly CopyBatch[] =>
    batches.filter(({ baseOffset, endOffset }) => baseOffset >= from && endOffset <= before);
  const mine = new Map(within(one).map((batch) => [batch.baseOffset, batch]));
  for (const batch of within(other)) {
    const same = mine.get(batch.baseOffset);
    mine.delete(batch.baseOffset);
    if (isExcused(one, same) || isExcused(other, batch)) continue;
    if (same === undefined) {
      yield `${named(other)} has a batch at ${batch.baseOffset}, ${named(one)} has none there`;
    } else if (same.digest !== batch.digest) {
      yield `the batches at ${batch.baseOffset} of ${named(one)} and ${named(other)} differ`;
    }
  }
  for (const { baseOffset } of mine.values()) {
    yield `${named(one)} has a batch at ${baseOffset}, ${named(other)} has none there`;
  }
}

function isExcused({ isDamagedByUs }: CopyLog, batch: CopyBatch | undefined): boolean {
  return isDamagedByUs && batch !== undefined && !batch.isIntact;
}

function startOf({ batches }: CopyLog): number {
  return batches[0]?.baseOffset ?? 0;
}

function endOf({ batches }: CopyLog): number {
  return batches.at(-1)?.endOffset ?? 0;
}

function named({ brokerId, copyId }: CopyLog): string {
  return `copy ${copyId} of broker ${brokerId}`;
}
