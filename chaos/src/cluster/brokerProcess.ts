/** One broker process: started, killed, paused, stopped. Started on the same ports again and again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from '../network/network.ts';

const MAIN = path.join(import.meta.dirname, '../../../broker/start.js');
const READY_MS_MAX = 60_000;
/** A broker gives up its own stop before. */
const STOP_MS_MAX = 120_000;
const LAST_LINES = 5;

export interface BrokerSettings {
  readonly brokerId: number;
  readonly host: string;
  readonly ports: BrokerPorts;
  readonly dataDir: string;
  /** What it writes is appended. */
  readonly logFile: string;
  /** More MILLRACE_* variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it is run. */
  readonly inside: (command: Command) => Command;
}

export interface BrokerPorts {
  readonly client: number;
  readonly peer: number;
  readonly http: number;
  readonly data: number;
  readonly peerData: number;
}

export interface BrokerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly wasReady: boolean;
  /** The end of what it wrote. */
  readonly lastLines: readonly string[];
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const { pid } of running) if (pid !== undefined) signalGroup(pid, 'SIGKILL');
});

export class BrokerProcess {
  readonly pid: number;
  /** Resolves when it serves; rejects if it ends before, or takes too long (then it is killed). */
  readonly ready: Promise<void>;
  readonly exited: Promise<BrokerExit>;
  #isReady = false;
  #hasExited = false;

  private constructor(child: ChildProcess, pid: number, logFile: string) {
    this.pid = pid;
    running.add(child);
    const log = openSync(logFile, 'a');
    const lastLines: string[] = [];
    const served = Promise.withResolvers<void>();
    const note = (line: string): void => {
      writeSync(log, `${new Date().toISOString()} ${pid} ${line}\n`);
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      if (!line.startsWith('{"event":"ready"')) return;
      this.#isReady = true;
      served.resolve();
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', note);
    }
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        running.delete(child);
        this.#hasExited = true;
        note(`ended: ${signal ?? code}`);
        closeSync(log);
        resolve({ code, signal, wasReady: this.#isReady, lastLines: lastLines.slice(0, -1) });
        served.reject(
          new Error(`broker process ${pid} ended before it served: ${lastLines.join(' | ')}`),
        );
      });
    });
    const slow = setTimeout(() => this.signal('SIGKILL'), READY_MS_MAX);
    this.ready = served.promise.finally(() => clearTimeout(slow));
    this.ready.catch(() => {});
  }

  static start(settings: BrokerSettings): BrokerProcess {
    const { brokerId, host, ports, dataDir, logFile, env, inside } = settings;
    const args = [
      `--broker-id=${brokerId}`,
      `--host=${host}`,
      `--client-port=${ports.client}`,
      `--peer-port=${ports.peer}`,
      `--http-port=${ports.http}`,
      `--data-port=${ports.data}`,
      `--peer-data-port=${ports.peerData}`,
    ];
    const { file, args: all } = inside({ file: process.execPath, args: [MAIN, ...args] });
    const child = spawn(file, [...all], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, MILLRACE_DATA: dataDir, MILLRACE_LOG_FORMAT: 'json' },
      // A group of its own: a Ctrl-C of the terminal is the harness's to answer.
      detached: true,
    });
    child.on('error', () => {});
    if (child.pid === undefined) throw new Error(`can't start ${file}`);
    return new BrokerProcess(child, child.pid, logFile);
  }

  get isReady(): boolean {
    return this.#isReady && !this.#hasExited;
  }

  /** Does nothing once it is gone. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#hasExited) signalGroup(this.pid, signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** As an operator stops it. Killed if it takes longer than it should ever take. */
  async stop(): Promise<BrokerExit> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_MS_MAX);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
