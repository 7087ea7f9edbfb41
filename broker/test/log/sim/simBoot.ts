import { MillraceError } from '@millrace/core/errors';
import { SimClock } from '../../../src/io/sim/simClock.ts';
import { noFaults, type SimFaultPlan } from '../../../src/io/sim/simFaults.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { SimStorage } from '../../../src/io/sim/simStorage.ts';
import { storageErrorCode } from '../../../src/io/storageError.ts';
import { noBypass } from '../../../src/log/journal/extentPlan.ts';
import { LogDirectory } from '../../../src/log/directory/logDirectory.ts';
import { BootFaults } from './faultProfile.ts';
import { quiet, type SimWorld } from './simWorld.ts';

/** One process on the disk of a world. */
export class SimBoot {
  readonly world: SimWorld;
  readonly process: SimProcess;
  readonly clock: SimClock;
  readonly faults: BootFaults;
  readonly storage: SimStorage;
  /** A broker may be started with another setting than the last one. */
  readonly #largeGroups: 'copy' | 'bypass';
  /** Whether the disk was full for a while. */
  wasFull = false;
  /** After it nothing may be acknowledged. */
  hasFailed = false;
  directory: LogDirectory | undefined;

  constructor(world: SimWorld, faults: 'faults' | 'no faults') {
    this.world = world;
    const { scheduler, transcript } = world;
    const random = world.random.fork();
    this.process = new SimProcess(scheduler);
    this.clock = new SimClock(this.process);
    this.clock.jumpWall(random.int(4) === 0 ? random.int(20_000) - 10_000 : 0);
    this.faults = new BootFaults(random, world.options.profile, (what) => transcript.note(what));
    this.#largeGroups = random.int(2) === 0 ? 'copy' : 'bypass';
    const plan = faults === 'faults' ? this.faults.plan : noFaults;
    this.storage = new SimStorage(world.disk, this.process, random.fork(), traced(world, plan));
  }

  get isAlive(): boolean {
    return this.process.alive;
  }

  async open(lostJournal: 'refuse' | 'discard' = 'refuse'): Promise<LogDirectory> {
    const { world, storage, clock } = this;
    const { dataDirectory, journalDirectory, directoryConfig: config, options } = world;
    const directory = await LogDirectory.open({
      storage,
      clock,
      random: world.random.fork(),
      dataDirectory,
      journalDirectory,
      brokerId: 1,
      config,
      bypass: this.#largeGroups === 'bypass' ? world.bypass : noBypass,
      logger: quiet,
      lostJournal,
      rulesOff: options.rulesOff,
    });
    this.directory = directory;
    directory.onFailed((error) => {
      if (!this.isAlive) return;
      this.hasFailed = true;
      world.transcript.note(`the directory has failed: ${error.message}`);
    });
    return directory;
  }

  /** Resolves after about `ms`; never once the process is dead. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.process.after(ms, 'pause', resolve);
    });
  }

  /**
   * Runs until `work` has settled, the process is dead, or `stepsMax` steps are over: 'pending' then. What the work
   * throws is thrown.
   */
  async runUntilSettled<Result>(
    work: Promise<Result>,
    stepsMax: number,
  ): Promise<Result | 'pending'> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    work.then(mark, mark);
    await this.#run(stepsMax, () => settled);
    return settled && this.isAlive ? await work : 'pending';
  }

  async run(stepsMax: number): Promise<void> {
    await this.#run(stepsMax, () => false);
  }

  async #run(stepsMax: number, isOver: () => boolean): Promise<void> {
    const { scheduler } = this.world;
    await scheduler.drain();
    for (let steps = 0; steps < stepsMax && this.isAlive && !isOver(); steps++) {
      let ran = false;
      try {
        ran = await scheduler.step();
      } catch (error) {
        // Thrown by a callback of the log: a bug, unless nobody was there any more.
        if (this.isAlive) this.world.report(error);
      }
      this.world.throwIfViolated();
      if (!ran) break;
    }
    await scheduler.drain();
    this.world.throwIfViolated();
  }
}

function traced({ options: { trace }, transcript }: SimWorld, plan: SimFaultPlan): SimFaultPlan {
  if (trace === undefined) return plan;
  return (operation) => {
    const fault = plan(operation);
    const { kind, path, bytes } = operation;
    if (trace.test(path)) transcript.note(`${kind} ${path} ${bytes} ${fault?.kind ?? ''}`);
    return fault;
  };
}

/** Whether an operation may fail like this: a typed refusal, or what a storage threw. */
export function isExpectedError(error: unknown): boolean {
  return error instanceof MillraceError || storageErrorCode(error) !== undefined;
}
