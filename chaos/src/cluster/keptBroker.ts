/**
 * A broker that is started again whenever it is down and no fault wants it down, as a supervisor would. Faults may
 * overlap: it is up, or runs on, when the last of them lets go.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type BrokerExit, BrokerProcess, type BrokerSettings } from './brokerProcess.ts';

const RESTART_MS = 300;

export interface OwnExit extends BrokerExit {
  readonly brokerId: number;
  readonly atMs: number;
}

export class KeptBroker {
  readonly brokerId: number;
  readonly settings: BrokerSettings;
  /** Exits that no fault asked for. */
  readonly ownExits: OwnExit[] = [];
  starts = 0;
  #process: BrokerProcess | undefined;
  #down = 0;
  #paused = 0;
  #restarting = false;
  #closed = false;
  /** A signal on its way: how it ends is not the broker's own doing. */
  #ending = false;

  constructor(settings: BrokerSettings) {
    this.settings = settings;
    this.brokerId = settings.brokerId;
  }

  get isServing(): boolean {
    return this.#process?.isReady === true && this.#paused === 0;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Begins to keep it up. */
  keep(): void {
    void this.#keepUp();
  }

  /** Down until `letUp`; once for each call. */
  async killAndHold(): Promise<void> {
    this.#down++;
    this.#ending = true;
    await this.#process?.kill();
  }

  /** As an operator stops it. */
  async stopAndHold(): Promise<BrokerExit | undefined> {
    this.#down++;
    this.#ending = true;
    return this.#process?.stop();
  }

  letUp(): void {
    this.#down--;
    void this.#keepUp();
  }

  pause(): void {
    if (this.#paused++ === 0) this.#process?.signal('SIGSTOP');
  }

  resume(): void {
    if (--this.#paused === 0) this.#process?.signal('SIGCONT');
  }

  /** For good. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#ending = true;
    await this.#process?.kill();
  }

  async #keepUp(): Promise<void> {
    if (this.#restarting) return;
    this.#restarting = true;
    while (this.#down === 0 && !this.#closed && this.#process === undefined) {
      this.#ending = false;
      const started = BrokerProcess.start(this.settings);
      this.#process = started;
      this.starts++;
      if (this.#paused > 0) started.signal('SIGSTOP');
      void this.#watch(started);
      await started.ready.catch(() => {});
      if (!started.isReady) await started.exited.then(() => delay(RESTART_MS));
    }
    this.#restarting = false;
  }

  async #watch(started: BrokerProcess): Promise<void> {
    const exit = await started.exited;
    if (!this.#ending) {
      this.ownExits.push({ ...exit, brokerId: this.brokerId, atMs: performance.now() });
    }
    this.#process = undefined;
    if (this.#restarting || this.#closed) return;
    await delay(RESTART_MS);
    await this.#keepUp();
  }
}
