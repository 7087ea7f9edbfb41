/**
 * Child processes of the bench. None outlives it: what is still running when the bench exits, for whatever reason that
 * runs exit handlers, is killed by pid.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Child {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Closes stdin and sends SIGTERM; SIGKILL after 10 s. Resolves when the process is gone. */
  stop(): Promise<void>;
  exited(): boolean;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startChild(
  command: string,
  args: readonly string[],
  options: { logFile: string; stdout: 'pipe' | 'log'; env?: Record<string, string> },
): Child {
  const child = spawn(command, [...args], { env: { ...process.env, ...options.env } });
  const log = fs.createWriteStream(options.logFile, { flags: 'a' });
  child.stderr.pipe(log, { end: false });
  if (options.stdout === 'log') child.stdout.pipe(log, { end: false });
  running.add(child);
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => {
    running.delete(child);
    log.end();
  });
  child.stdin.on('error', () => {});
  if (child.pid === undefined) throw new Error(`cannot start ${command}`);
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    async stop() {
      child.stdin.end();
      child.kill('SIGTERM');
      const killed = new AbortController();
      await Promise.race([gone, sleep(10_000, undefined, { signal: killed.signal })]).catch(
        () => {},
      );
      killed.abort();
      child.kill('SIGKILL');
      await gone;
    },
    exited: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** Waits until something accepts on 127.0.0.1:`port`. Throws when the child exits or the time is over. */
export async function portOpens(child: Child, port: number, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await accepts(port))) {
    if (child.exited()) throw new Error(`process ${child.pid} exited before it listened`);
    if (performance.now() > deadline) throw new Error(`nothing listens on ${port}`);
    await sleep(25);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Free ports of this moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
