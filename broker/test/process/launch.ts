/** A broker process that may refuse to start or be killed at any moment: nothing is waited for. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const MAIN = path.join(import.meta.dirname, '../../start.js');

/** A broker that should refuse to start and does not is killed after this. */
const RUN_MS_MAX = 20_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export interface Launch {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
}

export function launch(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  user: { readonly uid?: number } = {},
): Launch {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      MILLRACE_CLIENT_PORT: '0',
      MILLRACE_DATA_PORT: '0',
      MILLRACE_HTTP_PORT: '0',
      MILLRACE_PEER_PORT: '0',
      MILLRACE_PEER_DATA_PORT: '0',
      ...env,
    },
    ...user,
  });
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const timer = setTimeout(killNow, RUN_MS_MAX);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('exit', killNow);
      clearTimeout(timer);
      resolve({ code, signal, stderr });
    });
  });
  return { child, exited };
}
