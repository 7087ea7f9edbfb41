/** A file system of its own for one broker's directory, in memory, whose size can be changed at any time. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';
import { brokerDirectory } from '../replica/copyFiles.ts';

const SIZE_BYTES = 2 ** 31;
/** Left when it is full: less than what the next second needs. */
const LEFT_BYTES = 64 * 1024;

export class SmallDisk {
  readonly brokerId: number;
  readonly #directory: string;

  /** Throws where this process may not mount. The broker must not have been started. */
  constructor(dataDir: string, brokerId: number) {
    this.brokerId = brokerId;
    this.#directory = brokerDirectory(dataDir, brokerId);
    mkdirSync(this.#directory, { recursive: true });
    mount('-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tmpfs', this.#directory);
  }

  fill(): void {
    const { bsize, blocks, bfree } = statfsSync(this.#directory);
    this.#resize((blocks - bfree) * bsize + LEFT_BYTES);
  }

  free(): void {
    this.#resize(SIZE_BYTES);
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.#directory], { stdio: 'ignore' });
  }

  #resize(bytes: number): void {
    mount('-o', `remount,size=${bytes}`, this.#directory);
  }
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
