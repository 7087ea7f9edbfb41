/** Runs the command line as users do: a process, pipes, an exit code. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const BIN = path.join(import.meta.dirname, '../bin/millrace.js');

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly bytes: Buffer;
  readonly stderr: string;
}

export class MillraceCommands {
  readonly #server: string;

  constructor(server: string) {
    this.#server = server;
  }

  start(...args: string[]): ChildProcessWithoutNullStreams {
    const env = { ...process.env, MILLRACE_SERVER: this.#server };
    return spawn(process.execPath, [BIN, ...args], { env });
  }

  /** `input` is all of its standard input. */
  async run(args: readonly string[], input: string | Buffer = ''): Promise<Run> {
    const child = this.start(...args);
    // It may end without reading all of it.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return ended(child);
  }

  /** As run, for commands that must succeed without a word on standard error. */
  async output(args: readonly string[], input: string | Buffer = ''): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, input);
    if (code !== 0 || stderr !== '') throw new Error(`${args.join(' ')}: ${code} ${stderr}`);
    return stdout;
  }
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Run> {
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const bytes = Buffer.concat(out);
  return { code, bytes, stdout: bytes.toString('utf8'), stderr };
}
