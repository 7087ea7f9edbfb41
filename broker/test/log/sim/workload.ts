import { MillraceError } from '@millrace/core/errors';
import type { LogDirectory } from '../../../src/log/directory/logDirectory.ts';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import { Administrator } from './administrator.ts';
import { Reader } from './reader.ts';
import { ServedLogs } from './servedLogs.ts';
import { isExpectedError, type SimBoot } from './simBoot.ts';
import type { SimWorld } from './simWorld.ts';
import { Writer } from './writer.ts';

/** Refusals that are part of the game. */
const refusals = ['UNAVAILABLE', 'CONFLICT', 'UNKNOWN_PARTITION', 'DISK_FULL', 'SHUTTING_DOWN'];

/** What a process does with its logs until it dies: one writer per log, readers, retention, administration. */
export class Workload {
  readonly #boot: SimBoot;
  readonly #world: SimWorld;
  readonly #logs: ServedLogs;
  readonly #reader: Reader;
  readonly #administrator: Administrator;
  readonly #meanPauseMs: number;
  /** Set once the process is about to be closed cleanly. */
  #isStopping = false;
  #busy = 0;

  constructor(boot: SimBoot, directory: LogDirectory) {
    this.#boot = boot;
    this.#world = boot.world;
    this.#logs = new ServedLogs(boot, directory);
    this.#reader = new Reader(boot, directory);
    this.#administrator = new Administrator(this.#logs, (log) => this.#adopt(log));
    this.#meanPauseMs = [0.3, 3, 30][this.#world.random.int(3)] ?? 3;
  }

  start(): void {
    for (const log of this.#logs.directory.all()) this.#adopt(log);
    this.#repeat(() => this.#administrator.administrate());
    this.#repeat(() => this.#read());
    this.#repeat(() => this.#administrator.retain());
    if (this.#world.isCompacted) this.#repeat(() => this.#administrator.compact());
    const { profile } = this.#world.options;
    if (profile !== 'crashes' && profile !== 'compaction') this.#repeat(() => this.#fillDisk());
  }

  /** Resolves once nothing is under way; nothing is begun any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    while (this.#busy > 0) await this.#boot.pause(1);
  }

  #repeat(act: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      for (;;) {
        await this.#boot.pause(this.#world.random.float() * 2 * this.#meanPauseMs);
        if (this.#isStopping) return;
        this.#busy += 1;
        try {
          await act();
        } catch (error) {
          this.#expect(error);
        }
        this.#busy -= 1;
      }
    };
    run().catch((error: unknown) => this.#world.report(error));
  }

  /** Anything else is a violation, unless the disk has failed. */
  #expect(error: unknown): void {
    if (!this.#boot.isAlive) return;
    const hasFaults = this.#boot.faults.errors.length > 0 || this.#boot.wasFull;
    const isRefusal = error instanceof MillraceError && refusals.includes(error.code);
    if (isRefusal || (hasFaults && isExpectedError(error))) {
      this.#world.transcript.note(`refused: ${String(error)}`);
      return;
    }
    this.#world.report(error);
  }

  #adopt(log: PartitionLog): void {
    const model = this.#logs.modelOf(log);
    if (model === undefined) return;
    const writer = new Writer(this.#logs, log, model);
    this.#repeat(() => writer.write());
  }

  async #read(): Promise<void> {
    const picked = this.#logs.pick();
    if (picked !== undefined) await this.#reader.read(picked.log, picked.model);
  }

  /** A disk that is full for a while. */
  async #fillDisk(): Promise<void> {
    const { disk, random } = this.#world;
    if (random.int(30) > 0) return;
    this.#boot.wasFull = true;
    disk.capacityBytes = disk.usedBytes + random.int(100_000);
    await this.#boot.pause(random.float() * 50);
    if (this.#boot.isAlive) disk.capacityBytes = Infinity;
  }
}
