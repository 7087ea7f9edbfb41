import { scanBatches } from '@millrace/core/batchCheck';
import { MillraceError } from '@millrace/core/errors';
import type { LogDirectory } from '../../../src/log/directory/logDirectory.ts';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import type { StampedBatch } from './batchSource.ts';
import type { CopyModel } from './copyModel.ts';
import type { Damage } from './damage.ts';
import { readBatches } from './logReading.ts';
import { mustHold } from './simViolation.ts';
import { copyKey, type SimWorld } from './simWorld.ts';

/**
 * A damaged disk never shows wrong data silently: a copy that keeps its copyId ends where it must, and whoever reads
 * gets the right batches, batches that fail their CRC, or an error (safety.md, rule 12).
 */
export async function checkDamaged(
  world: SimWorld,
  directory: LogDirectory,
  damage: Damage,
): Promise<void> {
  for (const log of directory.all()) {
    const model = world.copies.get(copyKey(log.topicId, log.partition));
    if (model?.stage !== 'there') continue;
    const isMinted = model.copyId !== log.copyId;
    const isFsync = !model.durabilities.includes('async');
    mustHold(
      isMinted || !isFsync || !damage.isHole || directory.recovered.wasClean,
      () => `${model.name} is trusted although the journal lacks synced frames`,
    );
    mustHold(
      isMinted ||
        log.failure !== undefined ||
        damage.mustGiveUp !== model.copyId ||
        directory.recovered.wasClean,
      () => `${model.name} is trusted although what its extent vouches for is damaged`,
    );
    if (!isMinted && isFsync && log.failure === undefined) checkEnds(model, log, damage);
    // An offline log serves nobody.
    if (log.failure === undefined) await checkContent(model, log, isMinted);
    world.transcript.note(
      `${model.name}: ${log.logStartOffset} to ${log.logEndOffset}${isMinted ? ', given up' : ''}`,
    );
  }
}

function checkEnds(model: CopyModel, log: PartitionLog, { mayCutTail }: Damage): void {
  const end = log.logEndOffset;
  mustHold(
    mayCutTail || end >= model.durableEnd || end === model.truncatingTo,
    () => `${model.name}: ${model.durableEnd} was acknowledged, the log ends at ${end}`,
  );
  mustHold(end <= model.end, () => `${model.name}: appended up to ${model.end}, found ${end}`);
}

async function checkContent(model: CopyModel, log: PartitionLog, isMinted: boolean): Promise<void> {
  let found: StampedBatch[];
  try {
    found = await readBatches(log, log.logStartOffset, log.logEndOffset, 100_000);
  } catch (error) {
    mustHold(error instanceof MillraceError, () => `${model.name}: reading threw ${String(error)}`);
    return;
  }
  for (const batch of found) {
    const isIntact = scanBatches(batch.bytes, batch.base).fault === undefined;
    mustHold(
      !isIntact || model.wasEverThere(batch),
      () => `${model.name}: the batch at ${batch.base} is wrong and looks right`,
    );
  }
  if (isMinted) return;
  const bases = new Set(found.map(({ base }) => base));
  for (const { base } of model.between(log.logStartOffset, log.logEndOffset)) {
    mustHold(bases.has(base), () => `${model.name}: the batch at ${base} is missing`);
  }
}
