import { SeededRandom } from '../../../src/io/seededRandom.ts';
import { SimClock } from '../../../src/io/sim/simClock.ts';
import { SimDisk } from '../../../src/io/sim/simDisk.ts';
import type { SimFaultPlan } from '../../../src/io/sim/simFaults.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import { SimStorage } from '../../../src/io/sim/simStorage.ts';

/** A simulated process with a clock and a storage of its own, on a disk that may have lived before. */
export function simMachine(seed: number, plan?: SimFaultPlan, disk = new SimDisk()) {
  const random = new SeededRandom(seed);
  const scheduler = new SimScheduler(random.fork());
  const process = new SimProcess(scheduler);
  const clock = new SimClock(process);
  const storage = new SimStorage(disk, process, random.fork(), plan);
  return { random, scheduler, process, clock, storage, disk };
}

/** A disk on which `directory` durably exists. */
export function formattedDisk(directory: string): SimDisk {
  const disk = new SimDisk();
  disk.makeDirectory(directory);
  return disk.afterPowerLoss('all', new SeededRandom(0));
}
