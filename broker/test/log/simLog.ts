import type { SimFaultPlan } from '../../src/io/sim/simFaults.ts';
import { formattedDisk, simMachine } from '../io/sim/simMachine.ts';
import { LoneLog, type LoneLogOptions } from './loneLog.ts';

/** A lone log on a simulated disk; `settle` runs the disk until a promise of the log settles. */
export function simLog(
  options: Partial<Omit<LoneLogOptions, 'storage' | 'directory'>> = {},
  plan?: SimFaultPlan,
  disk = formattedDisk('/log'),
) {
  const machine = simMachine(1, plan, disk);
  const lone = new LoneLog({ storage: machine.storage, directory: '/log', ...options });
  const settle = <Result>(work: Promise<Result>): Promise<Result> => machine.scheduler.settle(work);
  return { ...machine, lone, settle };
}
