/** The seam between the bench and a system under test. Everything else treats all systems alike. */
import type { LoadProcess } from './load/loadProcess.ts';
import type { ProcessRole } from './processUsage.ts';
import type { Workload } from './workload.ts';

export interface Target {
  readonly name: string;
  /** One sentence for the report: version, and what an acknowledgement means. */
  describe(): string;
  runs(workload: Workload): boolean;
  /** Starts brokers with empty data under `dir` and a load process; resolves when they serve. */
  start(options: StartOptions): Promise<void>;
  /** The load process; only between start and stop. */
  load(): LoadProcess;
  processes(): ProcessRole[];
  /** What the brokers say of themselves since they were last asked. */
  selfReported(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly brokers: number;
  readonly dir: string;
  /** Downloads and builds that outlive a run. */
  readonly cacheDir: string;
}

/** The running half of a target: what its `start` made. */
export interface Running {
  readonly load: LoadProcess;
  readonly brokers: readonly { pid: number; stop(): Promise<void> }[];
}

export abstract class ProcessTarget implements Target {
  abstract readonly name: string;
  #running: Running | undefined;

  abstract describe(): string;
  protected abstract launch(options: StartOptions): Promise<Running>;

  runs(_workload: Workload): boolean {
    return true;
  }

  async start(options: StartOptions): Promise<void> {
    this.#running = await this.launch(options);
  }

  load(): LoadProcess {
    if (this.#running === undefined) throw new Error(`${this.name} is not started`);
    return this.#running.load;
  }

  processes(): ProcessRole[] {
    const brokers = this.#running?.brokers ?? [];
    const roles = brokers.map(({ pid }, i) => ({ pid, role: `broker ${i}` }));
    return [...roles, { pid: this.load().pid, role: 'load' }];
  }

  async selfReported(): Promise<Record<string, number>> {
    return {};
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.load.stop();
    await Promise.all((running?.brokers ?? []).map((broker) => broker.stop()));
  }
}
