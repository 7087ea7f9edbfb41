import { SeededRandom } from '../../../src/io/seededRandom.ts';
import { shortTransfers } from '../../../src/io/sim/simFaults.ts';
import { describeStorage } from '../storageConformance.ts';
import { formattedDisk, simMachine } from './simMachine.ts';

describeStorage('the simulated storage', () => {
  const { storage, scheduler } = simMachine(1, undefined, formattedDisk('/data'));
  return {
    storage,
    directory: '/data',
    settle: (work) => scheduler.settle(work),
    remove: async () => {},
  };
});

describeStorage('the simulated storage with short reads and writes', () => {
  const plan = shortTransfers(new SeededRandom(3), 0.8);
  const { storage, scheduler } = simMachine(2, plan, formattedDisk('/data'));
  return {
    storage,
    directory: '/data',
    settle: (work) => scheduler.settle(work),
    remove: async () => {},
  };
});
