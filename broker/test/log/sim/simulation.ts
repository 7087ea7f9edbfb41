import { MillraceError } from '@millrace/core/errors';
import type { LogDirectory } from '../../../src/log/directory/logDirectory.ts';
import type { RulesOff } from '../../../src/log/logRules.ts';
import { type Damage, damageDisk } from './damage.ts';
import { checkDamaged } from './damageCheck.ts';
import type { ProfileName } from './faultProfile.ts';
import { lookAt } from './logReading.ts';
import { type BootBefore, checkRecovered } from './recoveryCheck.ts';
import { checkAsRehearsed, rehearse, type Rehearsal } from './rehearsal.ts';
import { isExpectedError, SimBoot } from './simBoot.ts';
import { mustHold } from './simViolation.ts';
import { copyKey, pick, SimWorld } from './simWorld.ts';
import { Workload } from './workload.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly rulesOff?: RulesOff;
  /** Operations on matching paths go into the transcript. */
  readonly trace?: RegExp | undefined;
}

export interface SimulationResult {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly boots: number;
  readonly recoveries: number;
  /** Equal for equal runs. */
  readonly traceHash: number;
  /** What broke, undefined if nothing did. */
  readonly violation: Error | undefined;
  /** The last events, if something broke. */
  readonly transcript: readonly string[];
}

/** Runs one seed: some processes one after the other on one disk, the last one without faults. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { seed, profile, rulesOff = new Set(), trace } = options;
  const world = new SimWorld({ seed, profile, rulesOff, ...(trace && { trace }) });
  const simulation = new Simulation(world);
  let violation: Error | undefined;
  const onStray = (error: unknown): void => world.report(error);
  process.on('unhandledRejection', onStray);
  try {
    await simulation.run();
  } catch (error) {
    violation = error instanceof Error ? error : new Error(String(error));
  } finally {
    process.off('unhandledRejection', onStray);
  }
  return {
    seed,
    profile,
    boots: world.transcript.boot,
    recoveries: simulation.recoveries,
    traceHash: world.scheduler.traceHash,
    violation,
    transcript: violation === undefined ? [] : world.transcript.last(4000),
  };
}

class Simulation {
  readonly #world: SimWorld;
  #before: BootBefore['ending'] = 'crash';
  /** A boot since the clean shutdown may have removed the marker, and no more than that. */
  #isMarkerSure = true;
  /** Nothing on the disk is unsynced: however boots are interrupted from here on, they find the same. */
  #isPowerLost = false;
  #rehearsal: Rehearsal | undefined;
  recoveries = 0;

  constructor(world: SimWorld) {
    this.#world = world;
  }

  async run(): Promise<void> {
    const { random, options } = this.#world;
    const boots = options.profile === 'restarts' ? 8 + random.int(12) : 3 + random.int(6);
    for (let boot = 0; boot < boots; boot++) await this.#boot('faults');
    if (options.profile === 'damage') await this.#bootDamaged();
    else await this.#boot('no faults');
  }

  /** The last boot, on a disk that is not what it was. */
  async #bootDamaged(): Promise<void> {
    const world = this.#world;
    if (!world.isFormatted) return;
    world.disk = world.disk.afterPowerLoss('random', world.random);
    const damage = damageDisk(world);
    if (damage === undefined) return;
    world.transcript.boot += 1;
    world.transcript.note(damage.what);
    const directory = await this.#openDamaged(damage);
    if (directory === undefined) return;
    const boot = new SimBoot(world, 'no faults');
    await boot.runUntilSettled(checkDamaged(world, directory, damage), 200_000);
    this.recoveries += 1;
  }

  /** Refused, it is started again as its operator would. */
  async #openDamaged({ what }: Damage): Promise<LogDirectory | undefined> {
    for (const lostJournal of ['refuse', 'discard'] as const) {
      const boot = new SimBoot(this.#world, 'no faults');
      try {
        const directory = await boot.runUntilSettled(boot.open(lostJournal), 200_000);
        if (directory !== 'pending') return directory;
      } catch (error) {
        this.#world.throwIfViolated();
        mustHold(error instanceof MillraceError, () => `${what}: refused with ${String(error)}`);
        this.#world.transcript.note(`no boot: ${String(error)}`);
      }
      boot.process.kill();
    }
    return undefined;
  }

  async #boot(faults: 'faults' | 'no faults'): Promise<void> {
    const world = this.#world;
    const { random, transcript } = world;
    transcript.boot += 1;
    if (this.#isPowerLost && random.int(3) === 0) {
      this.#rehearsal = await rehearse(world);
    }
    const boot = new SimBoot(world, faults);
    const isLast = faults === 'no faults';
    const steps = isLast ? 200_000 : this.#openingSteps();
    const directory = await this.#open(boot, steps);
    if (directory === undefined) this.#isMarkerSure = false;
    else await this.#serve(boot, directory, isLast ? 0 : this.#steps());
    mustHold(!isLast || directory !== undefined, () => 'a boot without faults does not serve');
    this.#end(boot);
  }

  #openingSteps(): number {
    const { random, options } = this.#world;
    if (options.profile !== 'restarts' || random.int(3) === 0) return this.#steps();
    return random.int(150);
  }

  #steps(): number {
    const { random, options } = this.#world;
    if (options.profile === 'restarts') return random.int(pick(random, [100, 400, 1500]));
    // A pass over a log takes hundreds of steps.
    const most = options.profile === 'compaction' ? 8000 : 3000;
    return random.int([30, 300, most, most][random.int(4)] ?? 300);
  }

  /** The directory once what it found is checked; undefined if the process is over. */
  async #open(boot: SimBoot, steps: number): Promise<LogDirectory | undefined> {
    const world = this.#world;
    let directory: LogDirectory | 'pending';
    try {
      directory = await boot.runUntilSettled(boot.open(), steps);
    } catch (error) {
      world.throwIfViolated();
      this.#explain(boot, error);
      return undefined;
    }
    if (directory === 'pending') return undefined;
    world.isFormatted = true;
    boot.faults.phase = 'checking';
    const checked = await boot.runUntilSettled(this.#check(boot, directory), 100_000);
    boot.faults.phase = 'serving';
    return checked === 'pending' ? undefined : directory;
  }

  /** A boot may only be refused for a reason. */
  #explain(boot: SimBoot, error: unknown): void {
    const { transcript } = this.#world;
    transcript.note(`no boot: ${String(error)}`);
    const mayFail = boot.faults.errors.length > 0;
    if (!mayFail || !isExpectedError(error)) throw error;
  }

  async #check(boot: SimBoot, directory: LogDirectory): Promise<void> {
    const world = this.#world;
    const { recovered } = directory;
    const { mintedCopies, unreadable, framesReplayed, wasClean, tornTail } = recovered;
    world.transcript.note(
      `serves: ${wasClean ? 'clean' : 'unclean'}, ${framesReplayed} frames replayed` +
        (tornTail ? ', torn tail' : '') +
        mintedCopies
          .map(({ topicId, partition, reason, detail }) => {
            const model = world.copies.get(copyKey(topicId, partition));
            return `, ${model?.name} minted for ${reason}: ${detail}`;
          })
          .join(''),
    );
    this.recoveries += 1;
    mustHold(
      this.#before === 'crash' || !this.#isMarkerSure || wasClean,
      () => 'a clean shutdown was not noticed',
    );
    for (const { directory: path, detail } of unreadable) {
      const model = [...world.copies].find(([key]) => path.endsWith(key))?.[1];
      mustHold(
        model?.stage !== 'there' || boot.faults.errors.length > 0,
        () => `unreadable: ${detail}`,
      );
    }
    for (const log of directory.all()) {
      const key = copyKey(log.topicId, log.partition);
      const model = world.copies.get(key) ?? world.unfinished.get(key);
      mustHold(model !== undefined, () => `${key} is there, which was deleted or never created`);
      const found = await lookAt(log, directory.copyFacts(log).removedBelow);
      // A boot that died may have minted it before.
      const isMinted = model.copyId !== found.copyId;
      const rehearsed = this.#rehearsal?.get(key);
      if (rehearsed !== undefined) checkAsRehearsed(model.name, rehearsed, found);
      const { isCompacted } = world;
      checkRecovered(model, found, { ending: this.#before, wasClean, isMinted, isCompacted });
      world.copies.set(key, model);
      world.unfinished.delete(key);
      world.transcript.note(
        `${model.name}: found ${found.start} to ${found.end} as ${found.copyId}`,
      );
      mustHold(
        log.failure === undefined || !model.isTrusted,
        () => `${model.name} is offline although nothing was damaged: ${log.failure?.message}`,
      );
      model.adopt(found);
      model.durabilities = [log.config.durability];
      // Given up and only looked at: it is so again at the next boot.
      if (log.failure !== undefined) model.isTrusted = false;
    }
    for (const [key, model] of world.copies) {
      if (directory.get(model.topicId, model.partition) !== undefined) continue;
      const isUnreadable = unreadable.some(({ directory: path }) => path.endsWith(key));
      mustHold(
        model.stage !== 'there' || isUnreadable || !model.isTrusted,
        () => `${model.name} is missing`,
      );
      if (isUnreadable && model.stage === 'there') model.isTrusted = false;
      else world.copies.delete(key);
      if (model.stage === 'creating') world.unfinished.set(key, model);
    }
    this.#rehearsal = undefined;
    this.#before = 'crash';
  }

  async #serve(boot: SimBoot, directory: LogDirectory, steps: number): Promise<void> {
    const { random, transcript } = this.#world;
    const workload = new Workload(boot, directory);
    workload.start();
    await boot.run(steps);
    if (!boot.isAlive || random.int(3) > 0) return;
    transcript.note('closing');
    const close = async (): Promise<void> => {
      await workload.stop();
      await directory.close();
    };
    const closed = await boot.runUntilSettled(
      close().catch((error: unknown) => error),
      this.#steps() + 300,
    );
    const hasFailedLog = [...directory.all()].some(
      ({ failure }) => failure instanceof MillraceError && failure.code === 'STORAGE_FAILED',
    );
    if (closed === undefined && !boot.hasFailed && !hasFailedLog) {
      transcript.note('closed');
      this.#before = 'clean';
      this.#isMarkerSure = true;
    }
  }

  #end(boot: SimBoot): void {
    const world = this.#world;
    const { random, transcript } = world;
    for (const log of boot.directory?.all() ?? []) {
      const model = world.copies.get(copyKey(log.topicId, log.partition));
      if (model !== undefined) model.start = Math.max(model.start, log.logStartOffset);
    }
    boot.process.kill();
    world.disk.capacityBytes = Infinity;
    // What a failed sync of a directory leaves in the page cache is taken for durable by the next boot: see the page.
    const lies = world.isFormatted ? /syncDirectory .*(topics|journal|trash)/ : /syncDirectory/;
    const cacheLies = boot.faults.errors.some((error) => lies.test(error));
    if (cacheLies || random.int(5) < 3) {
      const keep =
        (['random', 'random', 'random', 'none', 'all'] as const)[random.int(5)] ?? 'random';
      transcript.note(`power loss, ${keep} of what is unsynced kept`);
      world.disk = world.disk.afterPowerLoss(keep, random);
      this.#isPowerLost = true;
    } else {
      transcript.note('killed');
      this.#isPowerLost = false;
    }
    if (boot.faults.errors.length > 0) this.#rehearsal = undefined;
  }
}
