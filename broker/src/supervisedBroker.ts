/**
 * One broker process that is started again when it dies. It keeps the ports that it was first given, so that whoever
 * knows its address finds it again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock, TimerHandle } from './io/clock.ts';

/** Of a broker's listeners, by their names in its announcement. */
export type ListenerPorts = Readonly<Record<string, number>>;

export type BrokerEvent =
  | { readonly event: 'started'; readonly brokerId: number; readonly pid: number }
  | {
      readonly event: 'ready';
      readonly brokerId: number;
      readonly pid: number;
      readonly ports: ListenerPorts;
    }
  | {
      readonly event: 'exited';
      readonly brokerId: number;
      readonly pid: number;
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      /** Null: it is not started again. */
      readonly restartMs: number | null;
    };

export interface SupervisedBrokerOptions {
  readonly brokerId: number;
  readonly command: string;
  /** `known`: ports that it had before. */
  readonly args: (known: ListenerPorts | undefined) => readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly onEvent: (event: BrokerEvent) => void;
  /** A line that it wrote to standard output or error. */
  readonly onLine: (line: string) => void;
}

const EXIT_FAILED = 1;
const RESTART_MS_MIN = 200;
const RESTART_MS_MAX = 10_000;
/** Who served for so long is started again without delay. */
const STABLE_MS = 10_000;
/** A broker gives up its own stop before. */
const STOP_MS_MAX = 120_000;

export class SupervisedBroker {
  readonly #options: SupervisedBrokerOptions;
  #child: ChildProcess | undefined;
  #ports: ListenerPorts | undefined;
  #readyAtMs: number | undefined;
  #wasReady = false;
  #restartMs = RESTART_MS_MIN;
  #restart: TimerHandle | undefined;
  #stopping = false;
  #lastCode = 0;
  #stopped: () => void = () => {};

  constructor(options: SupervisedBrokerOptions) {
    this.#options = options;
  }

  start(): void {
    const { brokerId, command, args, env, onEvent, onLine } = this.#options;
    const child = spawn(command, [...args(this.#ports)], {
      // The channel tells the broker that its supervisor is gone, however it went.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env,
    });
    this.#child = child;
    this.#readyAtMs = undefined;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', onLine);
    }
    child.once('error', (error) => onLine(`can't be started: ${error.message}`));
    child.once('close', (code, signal) => this.#exited(child, code, signal));
    const { pid } = child;
    if (pid === undefined) return;
    onEvent({ event: 'started', brokerId, pid });
    child.on('message', (message) => {
      const ports = portsOf(message);
      if (ports === undefined) return;
      this.#ports = ports;
      this.#wasReady = true;
      this.#readyAtMs = this.#options.clock.monotonicMs();
      onEvent({ event: 'ready', brokerId, pid, ports });
    });
  }

  /** Resolves with its exit code; of one that was killed, or is dead and waits for its restart: 1. */
  async stop(): Promise<number> {
    this.#stopping = true;
    this.#restart?.cancel();
    const child = this.#child;
    if (child !== undefined) {
      const gone = new Promise<void>((resolve) => (this.#stopped = resolve));
      child.kill('SIGTERM');
      const timer = this.#options.clock.setTimer(STOP_MS_MAX, () => child.kill('SIGKILL'));
      await gone;
      timer.cancel();
    }
    return this.#lastCode;
  }

  #exited(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    const { brokerId, clock, onEvent } = this.#options;
    this.#child = undefined;
    this.#lastCode = code ?? EXIT_FAILED;
    const pid = child.pid ?? 0;
    // It can't begin to serve as it was told to: that does not pass by itself.
    const isHopeless = !this.#wasReady && signal === null;
    if (this.#stopping || isHopeless) {
      onEvent({ event: 'exited', brokerId, pid, code, signal, restartMs: null });
      this.#stopped();
      return;
    }
    // Somebody else may have taken its ports.
    if (this.#readyAtMs === undefined) this.#ports = undefined;
    else if (clock.monotonicMs() - this.#readyAtMs > STABLE_MS) this.#restartMs = RESTART_MS_MIN;
    const restartMs = this.#restartMs;
    this.#restartMs = Math.min(2 * restartMs, RESTART_MS_MAX);
    onEvent({ event: 'exited', brokerId, pid, code, signal, restartMs });
    this.#restart = clock.setTimer(restartMs, () => this.start());
  }
}

function portsOf(message: unknown): ListenerPorts | undefined {
  const ready = message as { event?: unknown; ports?: ListenerPorts } | null;
  return ready?.event === 'ready' ? ready.ports : undefined;
}
