/** Waits for the first acknowledgement in a partition of a record that was sent after some moment. */

interface Watch {
  readonly partition: number;
  readonly sinceMs: number;
  readonly resolve: (atMs: number) => void;
}

export class FirstAcks {
  #watches: Watch[] = [];

  acknowledged(partition: number, sentMs: number, nowMs: number): void {
    if (this.#watches.length === 0) return;
    const met = (watch: Watch): boolean => watch.partition === partition && sentMs > watch.sinceMs;
    for (const watch of this.#watches.filter(met)) watch.resolve(nowMs);
    this.#watches = this.#watches.filter((watch) => !met(watch));
  }

  /** Resolves with its time, or with undefined after `timeoutMs`. */
  after(partition: number, sinceMs: number, timeoutMs: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), timeoutMs);
      this.#watches.push({
        partition,
        sinceMs,
        resolve: (atMs) => {
          clearTimeout(timer);
          resolve(atMs);
        },
      });
    });
  }
}
