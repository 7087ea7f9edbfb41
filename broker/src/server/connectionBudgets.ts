/**
 * Produce requests in memory, counted by connection whatever the number of its streams, below the budget of the broker.
 * Once a connection holds its share all of its streams stop reading: else each would add one more message.
 */
import { ByteBudget } from '../engine/byteBudget.ts';

export interface BudgetedStream {
  /** Stop reading until `whenFree`. */
  hold(): void;
}

export class ConnectionBudgets {
  readonly #connectionBytesMax: number;
  readonly #all: ByteBudget;
  readonly #byConnection = new Map<string, ConnectionBudget>();

  constructor(connectionBytesMax: number, all: ByteBudget) {
    this.#connectionBytesMax = connectionBytesMax;
    this.#all = all;
  }

  /** Connections that have streams, or bytes of streams that are gone. */
  get size(): number {
    return this.#byConnection.size;
  }

  /** `connection` names one of them all, those of other listeners included. */
  join(connection: string, stream: BudgetedStream): ConnectionBudget {
    let budget = this.#byConnection.get(connection);
    if (budget === undefined) {
      budget = new ConnectionBudget(new ByteBudget(this.#connectionBytesMax, this.#all), () =>
        this.#byConnection.delete(connection),
      );
      this.#byConnection.set(connection, budget);
    }
    budget.add(stream);
    return budget;
  }
}

export class ConnectionBudget {
  readonly #bytes: ByteBudget;
  readonly #idle: () => void;
  readonly #streams = new Set<BudgetedStream>();

  constructor(bytes: ByteBudget, idle: () => void) {
    this.#bytes = bytes;
    this.#idle = idle;
  }

  add(stream: BudgetedStream): void {
    this.#streams.add(stream);
  }

  get exhausted(): boolean {
    return this.#bytes.exhausted;
  }

  take(bytes: number): void {
    this.#bytes.take(bytes);
    if (this.#bytes.exhausted) for (const stream of this.#streams) stream.hold();
  }

  release(bytes: number): void {
    this.#bytes.release(bytes);
    this.#idleIfUnused();
  }

  whenFree(resume: () => void): void {
    this.#bytes.whenFree(resume);
  }

  /** Idempotent. What the stream took counts on until it is released. */
  leave(stream: BudgetedStream): void {
    this.#streams.delete(stream);
    this.#idleIfUnused();
  }

  #idleIfUnused(): void {
    if (this.#streams.size === 0 && this.#bytes.usedBytes === 0) this.#idle();
  }
}
