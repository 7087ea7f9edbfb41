import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./storeProcess.ts', import.meta.url));

/** A storeProcess.ts and the lines that it printed. Lines are complete: a torn last one is left out. */
export class ChildLines {
  readonly lines: string[] = [];
  readonly ended: Promise<void>;
  readonly child: ChildProcess;
  #wake: () => void = () => {};

  /** `fileKiBMax`: no file of the process grows past it (ulimit -f). */
  constructor(role: 'take' | 'write', path: string, count: number, fileKiBMax?: number) {
    const args = [ENTRY, role, path, String(count)];
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    this.child =
      fileKiBMax === undefined
        ? spawn(process.execPath, args, { stdio: [...stdio] })
        : spawn(
            '/bin/sh',
            ['-c', `ulimit -f ${2 * fileKiBMax}; exec "$0" "$@"`, process.execPath, ...args],
            { stdio: [...stdio] },
          );
    const { stdout } = this.child;
    if (stdout === null) throw new Error('no stdout');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    const reader = createInterface({ input: stdout });
    reader.on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    reader.on('close', resolve);
  }

  /** Resolves early if the process ends. */
  async untilLines(count: number): Promise<void> {
    let ended = false;
    const end = this.ended.then(() => {
      ended = true;
    });
    while (this.lines.length < count && !ended) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, end]);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
