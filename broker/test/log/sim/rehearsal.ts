import { SimClock } from '../../../src/io/sim/simClock.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import { SimStorage } from '../../../src/io/sim/simStorage.ts';
import { LogDirectory } from '../../../src/log/directory/logDirectory.ts';
import type { FoundCopy } from './copyModel.ts';
import { lookAt } from './logReading.ts';
import { mustHold } from './simViolation.ts';
import { copyKey, quiet, type SimWorld } from './simWorld.ts';

/** What an undisturbed recovery of a copy of the disk finds in `fsync` logs that it trusts, by copyKey. */
export type Rehearsal = ReadonlyMap<string, FoundCopy>;

export async function rehearse(world: SimWorld): Promise<Rehearsal> {
  const random = world.random.fork();
  const scheduler = new SimScheduler(random.fork());
  const process = new SimProcess(scheduler);
  const opening = LogDirectory.open({
    storage: new SimStorage(world.disk.copy(), process, random.fork()),
    clock: new SimClock(process),
    random: random.fork(),
    dataDirectory: world.dataDirectory,
    journalDirectory: world.journalDirectory,
    brokerId: 1,
    config: world.directoryConfig,
    bypass: world.bypass,
    logger: quiet,
    rulesOff: world.options.rulesOff,
  });
  const directory = await scheduler.settle(opening);
  const minted = new Set(directory.recovered.mintedCopies.map(({ after }) => after));
  const found = new Map<string, FoundCopy>();
  for (const log of directory.all()) {
    if (log.config.durability === 'async' || minted.has(log.copyId)) continue;
    const { removedBelow } = directory.copyFacts(log);
    found.set(
      copyKey(log.topicId, log.partition),
      await scheduler.settle(lookAt(log, removedBelow)),
    );
  }
  process.kill();
  return found;
}

/** However often recovery was interrupted, it finds the same. */
export function checkAsRehearsed(name: string, rehearsed: FoundCopy, found: FoundCopy): void {
  mustHold(
    rehearsed.copyId === found.copyId &&
      rehearsed.start === found.start &&
      rehearsed.end === found.end &&
      rehearsed.lastEpoch === found.lastEpoch &&
      rehearsed.batches.length === found.batches.length &&
      rehearsed.batches.every(({ bytes }, at) => found.batches[at]?.bytes.equals(bytes) === true),
    () =>
      `${name}: one recovery finds ${rehearsed.start} to ${rehearsed.end} in epoch ` +
      `${rehearsed.lastEpoch}, an interrupted one ${found.start} to ${found.end} in ${found.lastEpoch}`,
  );
}
