/** A TCP link that can lose what comes back, without a word, and break. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export class LossyLink {
  readonly #server;
  readonly #ends = new Set<Socket>();
  #losing = false;
  lostBytes = 0;

  constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const end of [near, far]) {
        this.#ends.add(end);
        end.on('error', () => {});
        end.on('close', () => {
          this.#ends.delete(end);
          near.destroy();
          far.destroy();
        });
      }
      near.on('data', (bytes) => far.write(bytes));
      far.on('data', (bytes) => {
        if (this.#losing) this.lostBytes += bytes.length;
        else near.write(bytes);
      });
    });
  }

  async open(t: TestContext): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    t.after(() => {
      this.break();
      this.#server.close();
    });
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on nothing comes back. */
  lose(): void {
    this.#losing = true;
    this.lostBytes = 0;
  }

  /** Whoever connects anew is served. */
  break(): void {
    for (const end of this.#ends) end.destroy();
    this.#losing = false;
  }
}
