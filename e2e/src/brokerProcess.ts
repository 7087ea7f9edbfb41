/** A broker as a process of its own on loopback, with the state of its cluster in Kubernetes. Started as a pod starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endWithUs } from './apiServer.ts';

export interface BrokerProcessOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly cluster: string;
  readonly brokerId: number;
  /** Its own; kept over restarts. */
  readonly dataDir: string;
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const READY_MS_MAX = 120_000;
const LINES_KEPT = 200;

export class BrokerProcess {
  readonly options: BrokerProcessOptions;
  readonly ports: Readonly<Record<'client' | 'http', number>>;
  readonly #child: ChildProcess;
  readonly #lines: string[];

  private constructor(
    options: BrokerProcessOptions,
    child: ChildProcess,
    ports: BrokerProcess['ports'],
    lines: string[],
  ) {
    this.options = options;
    this.#child = child;
    this.ports = ports;
    this.#lines = lines;
  }

  /** Resolves when it says that it is ready. */
  static async start(options: BrokerProcessOptions): Promise<BrokerProcess> {
    const child = spawn(process.execPath, [fileOfStart()], {
      env: { ...process.env, ...environment(options), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithUs(child);
    const lines: string[] = [];
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
    });
    const late = setTimeout(() => child.kill('SIGKILL'), READY_MS_MAX);
    try {
      for await (const line of createInterface(child.stdout)) {
        const event = JSON.parse(line) as { event: string; ports: BrokerProcess['ports'] };
        if (event.event === 'ready') return new BrokerProcess(options, child, event.ports, lines);
      }
      throw new Error(`broker ${options.brokerId} did not come up:\n${lines.join('\n')}`);
    } finally {
      clearTimeout(late);
    }
  }

  get server(): string {
    return `127.0.0.1:${this.ports.client}`;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The answer of one of its probes: 0 where nobody listens. */
  async probe(path: '/livez' | '/readyz'): Promise<number> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.ports.http}${path}`);
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  /** With SIGTERM as a pod is deleted. Resolves to the exit code, null if a signal ended it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return null;
    const ended = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill(signal);
    const [code] = await ended;
    return code;
  }
}

function fileOfStart(): string {
  return new URL('../../broker/start.js', import.meta.url).pathname;
}

function environment(options: BrokerProcessOptions): Record<string, string> {
  const { kubeconfig, namespace, cluster, brokerId, dataDir } = options;
  return {
    KUBECONFIG: kubeconfig,
    MILLRACE_STORE: 'kubernetes',
    MILLRACE_NAMESPACE: namespace,
    MILLRACE_CLUSTER_NAME: cluster,
    MILLRACE_POD_NAME: `${cluster}-broker-${brokerId}`,
    MILLRACE_DATA: dataDir,
    MILLRACE_HOST: '127.0.0.1',
    MILLRACE_ADVERTISED_HOST: '127.0.0.1',
    MILLRACE_CLIENT_PORT: '0',
    MILLRACE_PEER_PORT: '0',
    MILLRACE_HTTP_PORT: '0',
    MILLRACE_DATA_PORT: '0',
    MILLRACE_PEER_DATA_PORT: '0',
    MILLRACE_JOURNAL_FILE_BYTES: '4MiB',
    MILLRACE_LOG_FORMAT: 'json',
  };
}
