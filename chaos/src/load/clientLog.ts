/** What the SDK says of itself during a run, one line each, in a file of bounded size. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Logger } from '@millrace/client/logger';

const BYTES_MAX = 64 * 2 ** 20;

export class ClientLog {
  readonly #fd: number;
  #bytes = 0;
  #closed = false;

  constructor(file: string) {
    this.#fd = openSync(file, 'a');
  }

  of(client: string): Logger {
    const note = (message: string, facts: Record<string, unknown> = {}): void => {
      if (this.#closed || this.#bytes > BYTES_MAX) return;
      const time = new Date().toISOString();
      this.#bytes += writeSync(
        this.#fd,
        `${time} ${client}: ${message} ${JSON.stringify(facts)}\n`,
      );
    };
    return { debug: note, warn: note };
  }

  close(): void {
    this.#closed = true;
    closeSync(this.#fd);
  }
}
