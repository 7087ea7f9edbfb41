import type { LogDirectory } from '../../../src/log/directory/logDirectory.ts';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import type { CopyModel } from './copyModel.ts';
import type { SimBoot } from './simBoot.ts';
import { copyKey } from './simWorld.ts';

/** The logs of one process, each with what the world knows of it. */
export class ServedLogs {
  readonly boot: SimBoot;
  readonly directory: LogDirectory;

  constructor(boot: SimBoot, directory: LogDirectory) {
    this.boot = boot;
    this.directory = directory;
  }

  modelOf(log: PartitionLog): CopyModel | undefined {
    return this.boot.world.copies.get(copyKey(log.topicId, log.partition));
  }

  /** Whether there still is somebody to whom `log` belongs, and `model` is what is known of it. */
  isCurrent(log: PartitionLog, model: CopyModel): boolean {
    return this.boot.isAlive && this.modelOf(log) === model;
  }

  /** One that works, with its model; undefined if the dice choose none. */
  pick(): { readonly log: PartitionLog; readonly model: CopyModel } | undefined {
    const logs = [...this.directory.all()];
    const log = logs[this.boot.world.random.int(Math.max(1, logs.length))];
    const model = log && this.modelOf(log);
    if (log === undefined || model === undefined || log.failure !== undefined) return undefined;
    return { log, model };
  }
}
