/** A real broker as a process, on free ports and a directory of its own, for tests of everything that talks to one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = path.join(import.meta.dirname, '../../broker/start.js');

export interface BrokerPorts {
  readonly client: number;
  readonly data: number;
  readonly http: number;
}

export interface BrokerProcess {
  readonly ports: BrokerPorts;
  /** `host:port` of listener `client`. */
  readonly server: string;
  readonly pid: number;
  readonly dataDir: string;
  /** What it wrote to standard error so far. */
  readonly diagnostics: () => string;
  /** SIGKILL, and waits until it is gone. The directory stays. */
  kill(): Promise<void>;
  /** SIGTERM, and the exit code; the directory stays. */
  stop(): Promise<number | null>;
  /** Kills it if it still runs, and removes a directory that was made for it. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface BrokerStart {
  /** Default: a new one, removed at the end. */
  readonly dataDir?: string;
  /** Ports to take again after a restart. */
  readonly ports?: Partial<BrokerPorts>;
  /** More MILLRACE_* variables. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startBrokerProcess(start: BrokerStart = {}): Promise<BrokerProcess> {
  const dataDir = start.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'millrace-test-')));
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MILLRACE_DATA: dataDir,
      MILLRACE_LOG_FORMAT: 'json',
      MILLRACE_CLIENT_PORT: String(start.ports?.client ?? 0),
      MILLRACE_DATA_PORT: String(start.ports?.data ?? 0),
      MILLRACE_HTTP_PORT: String(start.ports?.http ?? 0),
      MILLRACE_PEER_PORT: '0',
      MILLRACE_PEER_DATA_PORT: '0',
      ...start.env,
    },
  });
  const exited = once(child, 'exit');
  // A test that ends badly leaves no broker behind.
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  let diagnostics = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    diagnostics = (diagnostics + text).slice(-100_000);
  });
  const ports = await readyPorts(child, exited, () => diagnostics);

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    ports,
    server: `127.0.0.1:${ports.client}`,
    pid: child.pid ?? -1,
    dataDir,
    diagnostics: () => diagnostics,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
      if (start.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function readyPorts(
  child: ChildProcess,
  exited: Promise<unknown>,
  diagnostics: () => string,
): Promise<BrokerPorts> {
  if (child.stdout === null) throw new TypeError('no stdout');
  const lines = createInterface({ input: child.stdout });
  const ready = (async () => {
    for await (const line of lines) {
      const event = JSON.parse(line) as { event?: string; ports?: BrokerPorts };
      if (event.event === 'ready' && event.ports !== undefined) return event.ports;
    }
    throw new Error(`the broker ended before it was ready: ${diagnostics()}`);
  })();
  const failed = exited.then(() => {
    throw new Error(`the broker exited with ${child.exitCode}: ${diagnostics()}`);
  });
  // Whichever loses the race must not count as unhandled.
  failed.catch(() => {});
  ready.catch(() => {});
  return Promise.race([ready, failed]);
}
