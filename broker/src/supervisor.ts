/**
 * `npm start -- --brokers N`: a cluster on one machine, one process a broker, all in one data directory. Says where they
 * listen and their process ids, passes on what they write, starts a dead one again, stops all when it is told to. When
 * it dies itself, its brokers notice and stop.
 */
import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { flagName } from '@millrace/core/resolveConfig';
import { containerMemoryBytes } from './io/memoryBudget.ts';
import { systemClock } from './io/systemClock.ts';
import { type BrokerEvent, type ListenerPorts, SupervisedBroker } from './supervisedBroker.ts';

export const BROKERS_MAX = 32;
/** Embedded broker i adds so much times i to every port (contracts.md, Ports and services). */
const PORT_STEP = 10;
const PORT_MAX = 65_535;
const MEMORY_BYTES_MIN = 64 * 2 ** 20;

/** Listeners and the configuration keys of their ports. */
const PORT_KEYS = {
  client: 'clientPort',
  peer: 'peerPort',
  http: 'httpPort',
  data: 'dataPort',
  peerData: 'peerDataPort',
} as const;

export interface SupervisorOptions {
  readonly brokers: number;
  readonly config: BrokerConfig;
  readonly version: string;
  /** Script and arguments of this process: what a broker is started with, and some more. */
  readonly args: readonly string[];
  readonly format: 'text' | 'json';
  readonly write: (line: string) => void;
  /** Lines of diagnostics, of all brokers. */
  readonly writeDiagnostics: (line: string) => void;
}

/** Throws INVALID_CONFIG. Resolves when all brokers have stopped, with the worst of their exit codes. */
export async function supervise(options: SupervisorOptions): Promise<number> {
  checkPorts(options);
  return new Promise((resolve) => new Supervisor(options, resolve).start());
}

class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #onStopped: (code: number) => void;
  readonly #brokers: SupervisedBroker[];
  readonly #ready = new Map<number, ListenerPorts>();
  #stopping = false;

  constructor(options: SupervisorOptions, onStopped: (code: number) => void) {
    this.#options = options;
    this.#onStopped = onStopped;
    this.#brokers = Array.from({ length: options.brokers }, (_, brokerId) =>
      this.#broker(brokerId),
    );
  }

  start(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#stop());
    for (const broker of this.#brokers) broker.start();
  }

  #broker(brokerId: number): SupervisedBroker {
    const { args } = this.#options;
    return new SupervisedBroker({
      brokerId,
      command: process.execPath,
      args: (known) => [...process.execArgv, ...args, ...this.#flags(brokerId, known)],
      env: process.env,
      clock: systemClock,
      onEvent: (event) => this.#happened(event),
      onLine: (line) => this.#options.writeDiagnostics(this.#marked(brokerId, line)),
    });
  }

  /** The last of several equal flags wins. */
  #flags(brokerId: number, known: ListenerPorts | undefined): string[] {
    const { config, brokers } = this.#options;
    const flags = ['--brokers', '1', '--supervised', '--broker-id', `${brokerId}`];
    for (const [listener, key] of Object.entries(PORT_KEYS)) {
      const wanted = config[key] === 0 ? 0 : config[key] + PORT_STEP * brokerId;
      flags.push(`--${flagName(key)}`, `${known?.[listener] ?? wanted}`);
    }
    const limit = containerMemoryBytes();
    if (config.memoryBytes === 0 && limit !== undefined) {
      const share = Math.max(MEMORY_BYTES_MIN, Math.floor(limit / brokers));
      flags.push(`--${flagName('memoryBytes')}`, `${share}`);
    }
    return flags;
  }

  #happened(event: BrokerEvent): void {
    const { format, write } = this.#options;
    const line = format === 'json' ? JSON.stringify(event) : this.#inWords(event);
    if (line !== '') write(line);
    if (event.event === 'ready') this.#isReady(event.brokerId, event.ports);
    if (event.event === 'exited' && event.restartMs === null && !this.#stopping) this.#stop();
  }

  #isReady(brokerId: number, ports: ListenerPorts): void {
    const first = this.#ready.size < this.#brokers.length;
    this.#ready.set(brokerId, ports);
    const { format, write, version, config } = this.#options;
    if (!first || this.#ready.size < this.#brokers.length || format === 'json') return;
    const host = config.advertisedHost || config.host;
    const servers = [...this.#ready]
      .toSorted(([one], [other]) => one - other)
      .map(([, { client }]) => `${host}:${client}`);
    write(`millrace ${version}: all ${servers.length} brokers are ready`);
    write(`  clients   ${servers.join(',')} (each of them will do)`);
  }

  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    void Promise.all(this.#brokers.map((broker) => broker.stop())).then((codes) =>
      this.#onStopped(Math.max(...codes)),
    );
  }

  #inWords(event: BrokerEvent): string {
    const { config } = this.#options;
    const who = `broker ${event.brokerId}`;
    switch (event.event) {
      case 'started':
        return '';
      case 'ready': {
        const { client, http } = event.ports;
        const host = config.advertisedHost || config.host;
        return `${who} is ready: process ${event.pid}, clients ${host}:${client}, health http://${host}:${http}/readyz`;
      }
      case 'exited': {
        const how =
          event.signal === null ? `exited with ${event.code}` : `was ended by ${event.signal}`;
        const next =
          event.restartMs === null ? '' : `; it is started again in ${event.restartMs} ms`;
        return `${who} (process ${event.pid}) ${how}${next}`;
      }
    }
  }

  /** Whose line it is. */
  #marked(brokerId: number, line: string): string {
    const isJson = this.#options.format === 'json' && line.startsWith('{"');
    return isJson ? `{"brokerId":${brokerId},${line.slice(1)}` : `broker ${brokerId} | ${line}`;
  }
}

function checkPorts({ brokers, config }: SupervisorOptions): void {
  if (!Number.isInteger(brokers) || brokers < 1 || brokers > BROKERS_MAX) {
    throw refused(`--brokers is ${brokers}, not a number in 1..${BROKERS_MAX}`);
  }
  for (const key of Object.values(PORT_KEYS)) {
    const last = config[key] + PORT_STEP * (brokers - 1);
    if (last > PORT_MAX) throw refused(`--${flagName(key)} of broker ${brokers - 1} is ${last}`);
  }
}

function refused(message: string): MillraceError {
  return millraceError('INVALID_CONFIG', message);
}
