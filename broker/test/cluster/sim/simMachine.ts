import { MillraceError } from '@millrace/core/errors';
import { type BrokerId, toBrokerId } from '@millrace/core/ids';
import { SimClock } from '../../../src/io/sim/simClock.ts';
import { SimDisk } from '../../../src/io/sim/simDisk.ts';
import { noFaults, type SimFaultPlan } from '../../../src/io/sim/simFaults.ts';
import type { Keep } from '../../../src/io/sim/simFileNode.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { SimStorage } from '../../../src/io/sim/simStorage.ts';
import { BootFaults } from '../../log/sim/faultProfile.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import type { DurablePromises } from './durablePromises.ts';
import { Member } from './member.ts';
import { SimTransport } from './simTransport.ts';

export const dataDirectory = '/data/broker';

/** Errors of the disk after which what the page cache shows is not what the disk holds. */
const cacheLies = /sync/i;

/** A host with a disk, on which one broker process after the other runs. */
export class SimMachine {
  readonly brokerId: BrokerId;
  readonly host: string;
  readonly #world: ClusterWorld;
  readonly #promises: DurablePromises;
  #disk: SimDisk;
  #process: SimProcess | undefined;
  #member: Member | undefined;
  #faults: BootFaults | undefined;
  #boots = 0;
  /** Whether boots get failing disks. */
  diskFaults: 'none' | 'crashes' | 'errors' = 'none';
  /** Nobody hurts it. */
  isSpared = false;
  #isStopping = false;
  /** Called when a process has ended by itself. */
  onDown: () => void = () => {};

  constructor(world: ClusterWorld, brokerId: number, promises: DurablePromises) {
    this.#world = world;
    this.#promises = promises;
    this.brokerId = toBrokerId(brokerId);
    this.host = `b${brokerId}`;
    this.#disk = emptyDisk(world);
  }

  get boots(): number {
    return this.#boots;
  }

  get isUp(): boolean {
    return this.#process?.alive === true;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  get isPaused(): boolean {
    return this.#process?.paused === true;
  }

  /** Of the process that runs, once its log is open. */
  get member(): Member | undefined {
    return this.isUp ? this.#member : undefined;
  }

  get process(): SimProcess | undefined {
    return this.isUp ? this.#process : undefined;
  }

  /** Where the process that runs is reached; each listens on ports of its own. */
  get address() {
    return { host: this.host, port: 7000 + this.#boots };
  }

  boot(): void {
    if (this.isUp) return;
    const world = this.#world;
    const random = world.random.fork();
    this.#boots += 1;
    this.#isStopping = false;
    const name = `${this.host}.${this.#boots}`;
    const process = new SimProcess(world.scheduler);
    this.#process = process;
    this.#member = undefined;
    world.network.powerOn(this.host);
    process.onKill(() => world.transcript.note(name, 'is dead'));
    const clock = new SimClock(process);
    clock.jumpWall(random.int(4) === 0 ? random.int(20_000) - 10_000 : 0);
    const member = new Member({
      world,
      promises: this.#promises,
      name,
      brokerId: this.brokerId,
      process,
      random,
      address: this.address,
      clock,
      storage: new SimStorage(this.#disk, process, random.fork(), this.#plan(random, process)),
      store: world.store.open(process, this.host),
      transport: new SimTransport(world.network, process, this.host),
      dataDirectory,
      onFatal: (error) => this.#exit(process, error),
    });
    world.transcript.note(name, 'boots');
    member.start().then(
      () => {
        if (!process.alive) return;
        if (this.#faults !== undefined) this.#faults.phase = 'serving';
        this.#member = member;
        world.transcript.note(name, 'serves');
      },
      (error: unknown) => this.#exit(process, error),
    );
  }

  /** Whether its process has a disk that may fail at any time. */
  get hasFaultyDisk(): boolean {
    return this.isUp && this.#faults !== undefined;
  }

  /** SIGTERM, and kill -9 if it takes longer than `graceMs`. */
  stop(graceMs: number): void {
    const [process, member] = [this.process, this.member];
    if (process === undefined || this.isSpared) return;
    this.#isStopping = true;
    const end = (): void => {
      if (!process.alive) return;
      process.kill();
      this.onDown();
    };
    if (member === undefined) return end();
    this.#world.scheduler.after(graceMs, 'kill', end);
    member.stop().then(end, (error: unknown) => this.#exit(process, error));
  }

  /** kill -9: the kernel closes its connections. */
  kill(): void {
    if (!this.isSpared) this.#process?.kill();
  }

  /** The host goes dark, and what was not synced may be gone. */
  losePower(keep: Keep): void {
    if (this.isSpared) return;
    this.#world.network.powerOff(this.host);
    this.#process?.kill();
    this.#disk = this.#disk.afterPowerLoss(keep, this.#world.random);
  }

  pause(): void {
    if (this.#process === undefined || !this.isUp || this.isSpared) return;
    this.#process.pause();
    this.#world.network.paused(this.#process);
  }

  resume(): void {
    this.#process?.resume();
  }

  /** By path, as processes see them. */
  files(prefix: string, suffix: string): { readonly path: string; readonly content: Buffer }[] {
    return Array.from(this.#disk.snapshot(), ([path, content]) => ({ path, content })).filter(
      ({ path }) => path.startsWith(prefix) && path.endsWith(suffix),
    );
  }

  flipBit(path: string, position: number, bit: number): void {
    this.#disk.flipBit(path, position, bit);
  }

  /** The disk is replaced by an empty one. */
  wipe(): void {
    if (this.isSpared) return;
    this.kill();
    this.#disk = emptyDisk(this.#world);
  }

  /** The process ends by itself: as production's main does after a fatal error. */
  #exit(process: SimProcess, error: unknown): void {
    if (!process.alive) return;
    const world = this.#world;
    world.transcript.note(this.host, `exits: ${String(error)}`);
    // A broker that the store refuses ends; anything that is not typed, without a disk that fails, is a bug.
    const hadErrors = (this.#faults?.errors.length ?? 0) > 0;
    if (!hadErrors && !(error instanceof MillraceError)) world.report(error);
    process.kill();
    if (this.#faults?.errors.some((what) => cacheLies.test(what)) === true) {
      this.losePower('random');
    }
    this.onDown();
  }

  #plan(random: Parameters<SimDisk['afterPowerLoss']>[1], process: SimProcess): SimFaultPlan {
    this.#faults = undefined;
    if (this.diskFaults === 'none') return noFaults;
    const faults = new BootFaults(random, this.diskFaults, (what) =>
      this.#world.transcript.note(this.host, what),
    );
    this.#faults = faults;
    const counting: SimFaultPlan = (operation) => {
      const fault = faults.plan(operation);
      if (fault?.kind === 'kill') process.onKill(() => this.onDown());
      return fault;
    };
    return counting;
  }
}

function emptyDisk(world: ClusterWorld): SimDisk {
  const disk = new SimDisk();
  disk.makeDirectory('/data');
  return disk.afterPowerLoss('all', world.random);
}
