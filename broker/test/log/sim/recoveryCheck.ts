import type { CopyModel, FoundCopy } from './copyModel.ts';
import { checkCompacted, isMadeOf } from './compactionCheck.ts';
import { checkLastBatches, checkProducers } from './producersCheck.ts';
import { mustHold } from './simViolation.ts';

export interface BootBefore {
  /** How the process before ended. */
  readonly ending: 'crash' | 'clean';
  /** Whether the boot noticed the clean end: not if it is the second one since. */
  readonly wasClean: boolean;
  /** Whether the copy has another copyId now. */
  readonly isMinted: boolean;
  /** Whether it may have been compacted. */
  readonly isCompacted: boolean;
}

/** What a boot found against what the copy may hold (safety.md, rules 2, 6, 8, 10, 11, 12). */
export function checkRecovered(model: CopyModel, found: FoundCopy, before: BootBefore): void {
  checkShape(model, found, before);
  if (model.stage === 'creating') {
    mustHold(
      found.end === 0,
      () => `${model.name}: a copy being created holds offset ${found.end}`,
    );
    return;
  }
  if (before.isMinted) checkMayBeMinted(model, before);
  else checkKeeps(model, found, before);
  if (!model.isTrusted || (before.isMinted && model.hadFailedWrite)) return;
  if (before.isCompacted) checkCompactedPrefix(model, found);
  else checkIsPrefix(model, found);
}

function checkCompactedPrefix(model: CopyModel, found: FoundCopy): void {
  const start = Math.max(found.start, model.durableStart);
  const { batches, end: to, removedBelow } = found;
  checkCompacted(model, { from: start, to, found: batches, start, removedBelow });
  checkLastBatches(model.name, found.producers, model.between(start, to), start);
}

function checkShape(model: CopyModel, found: FoundCopy, { isCompacted }: BootBefore): void {
  const { name } = model;
  let end = found.start;
  let epoch = -1;
  for (const batch of found.batches) {
    const { base } = batch;
    mustHold(base >= end, () => `${name}: a batch at ${base} follows offset ${end}`);
    mustHold(batch.epoch >= epoch, () => `${name}: epoch ${batch.epoch} at ${base} after ${epoch}`);
    const wasThere = isCompacted ? model.wasEverThere(batch, isMadeOf) : model.wasEverThere(batch);
    mustHold(wasThere, () => `${name}: nobody ever appended the batch at ${base}`);
    end = batch.end;
    epoch = batch.epoch;
  }
  mustHold(end <= found.end, () => `${name}: a batch ends at ${end}, the log at ${found.end}`);
  mustHold(
    found.batches.length === 0 || found.lastEpoch === epoch,
    () => `${name}: the last epoch is ${epoch}, the log says ${found.lastEpoch}`,
  );
  mustHold(
    found.durableEnd === found.end,
    () => `${name}: after recovery ${found.durableEnd} is durable of ${found.end}`,
  );
  mustHold(
    found.highWatermark <= found.end,
    () => `${name}: high watermark ${found.highWatermark} past the end ${found.end}`,
  );
  if (!isCompacted && !found.isOffline)
    checkProducers(name, found.producers, found.batches, found.start);
}

function checkMayBeMinted(model: CopyModel, { wasClean }: BootBefore): void {
  const wasAsync = !wasClean && model.durabilities.includes('async');
  mustHold(
    wasAsync || !model.isTrusted,
    () => `${model.name}: copy ${model.copyId} was given up although nothing was damaged`,
  );
}

function checkKeeps(model: CopyModel, found: FoundCopy, { ending, wasClean }: BootBefore): void {
  const { name } = model;
  if (ending === 'clean') {
    mustHold(found.end === model.end, () => `${name}: closed at ${model.end}, found ${found.end}`);
  }
  if (!wasClean) {
    mustHold(
      model.durabilities.includes('fsync'),
      () => `${name}: an async copy keeps its copyId after a crash`,
    );
  }
  mustHold(
    found.end >= model.durableEnd || found.end === model.truncatingTo,
    () => `${name}: ${model.durableEnd} was acknowledged, the log ends at ${found.end}`,
  );
  mustHold(
    found.end <= model.end,
    () => `${name}: appended up to ${model.end}, found ${found.end}`,
  );
  mustHold(
    found.start >= model.durableStart && found.start <= model.start,
    () => `${name}: starts at ${found.start}, not within ${model.durableStart} to ${model.start}`,
  );
}

/** The right batches and no others, byte by byte. */
function checkIsPrefix(model: CopyModel, found: FoundCopy): void {
  // What retention deleted may be there again under another copyId.
  const start = Math.max(found.start, model.durableStart);
  const wanted = model.between(start, found.end);
  const others = found.batches.filter((batch) => batch.end > start);
  for (const [index, batch] of wanted.entries()) {
    const other = others[index];
    mustHold(
      other?.base === batch.base && other.bytes.equals(batch.bytes),
      () =>
        `${model.name}: expected the batch at ${batch.base}, found ` +
        (other === undefined ? 'none' : `${other.base}, ${other.bytes.length} bytes`),
    );
  }
  mustHold(
    others.length === wanted.length,
    () => `${model.name}: an unexpected batch at ${others[wanted.length]?.base}`,
  );
}
