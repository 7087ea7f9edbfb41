/** `npm start -- --brokers N` as a process, on free ports and a directory of its own, both gone after the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { createInterface } from 'node:readline';
import type { BrokerEvent } from '../../src/supervisedBroker.ts';
import { temporaryDirectory } from '../store/temporaryDirectory.ts';

const MAIN = path.join(import.meta.dirname, '../../start.js');
const FREE_PORTS = {
  MILLRACE_CLIENT_PORT: '0',
  MILLRACE_PEER_PORT: '0',
  MILLRACE_HTTP_PORT: '0',
  MILLRACE_DATA_PORT: '0',
  MILLRACE_PEER_DATA_PORT: '0',
};

export type Ready = Extract<BrokerEvent, { event: 'ready' }>;
type Exited = Extract<BrokerEvent, { event: 'exited' }>;

export interface SupervisedCluster {
  readonly child: ChildProcess;
  readonly dataDir: string;
  readonly events: BrokerEvent[];
  readonly output: { stdout: string[]; stderr: string[] };
  /** The latest of each broker, by its id. */
  ready(): Ready[];
  exits(): Exited[];
  readonly exited: Promise<[number | null]>;
}

export function startCluster(
  t: Pick<TestContext, 'after'>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): SupervisedCluster {
  const { path: dataDir, remove } = temporaryDirectory();
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MILLRACE_DATA: dataDir,
      MILLRACE_LOG_FORMAT: 'json',
      ...FREE_PORTS,
      ...env,
    },
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const events: BrokerEvent[] = [];
  const output = { stdout: [] as string[], stderr: [] as string[] };
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.stdout.push(line);
    if (line.startsWith('{')) events.push(JSON.parse(line) as BrokerEvent);
  });
  createInterface({ input: child.stderr }).on('line', (line) => output.stderr.push(line));
  const kill = (): void => {
    child.kill('SIGKILL');
    for (const event of events)
      if (event.event === 'started' && lives(event.pid)) process.kill(event.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  t.after(() => {
    process.off('exit', kill);
    kill();
    remove();
  });
  const of = <E extends BrokerEvent>(kind: E['event']): E[] =>
    events.filter((event): event is E => event.event === kind);
  return {
    child,
    dataDir,
    events,
    output,
    exited,
    ready: () => [...new Map(of<Ready>('ready').map((event) => [event.brokerId, event])).values()],
    exits: () => of<Exited>('exited'),
  };
}

export function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
