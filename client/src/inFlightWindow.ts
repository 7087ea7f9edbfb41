/**
 * The batches of one partition that were sent and are not yet settled, in order. Decides what becomes of those that
 * were refused, so that retries never change the order of records: nothing is sent while a refused batch waits for
 * those behind it, then all refused ones go back together; but what a later batch has overtaken is not sent again, unless
 * it keeps its place all the same.
 */

export interface Overtaken<B, E> {
  readonly batch: B;
  readonly error: E;
}

interface Slot<B, E> {
  readonly batch: B;
  error: E | undefined;
  /** A batch behind it is in the log. */
  overtaken: boolean;
}

export class InFlightWindow<B, E> {
  readonly #keepsPlace: (batch: B) => boolean;
  #slots: Slot<B, E>[] = [];
  #refused = 0;

  /** `keepsPlace`: a batch that was refused is where it was, if it is in the log: it can be asked for at any time. */
  constructor(keepsPlace: (batch: B) => boolean = () => false) {
    this.#keepsPlace = keepsPlace;
  }

  get length(): number {
    return this.#slots.length;
  }

  /** No batch may be sent meanwhile. */
  get isSettling(): boolean {
    return this.#refused > 0;
  }

  /** Oldest first. */
  batches(): B[] {
    return this.#slots.map((slot) => slot.batch);
  }

  oldest(): B | undefined {
    return this.#slots[0]?.batch;
  }

  sent(batch: B): void {
    if (this.#refused > 0) throw new TypeError('sent while a refused batch waits');
    this.#slots.push({ batch, error: undefined, overtaken: false });
  }

  /** It is in the log: whatever was refused before it would come after it now. Those are returned, out of the window. */
  acknowledged(batch: B): Overtaken<B, E>[] {
    if (this.#refused === 0 && this.#slots[0]?.batch === batch) {
      this.#slots.shift();
      return [];
    }
    const at = this.#indexOf(batch);
    const overtaken: Overtaken<B, E>[] = [];
    const kept: Slot<B, E>[] = [];
    for (const [index, slot] of this.#slots.entries()) {
      if (index === at) continue;
      if (index < at && slot.error !== undefined && !this.#keepsPlace(slot.batch)) {
        overtaken.push({ batch: slot.batch, error: slot.error });
        this.#refused -= 1;
      } else {
        slot.overtaken ||= index < at;
        kept.push(slot);
      }
    }
    this.#slots = kept;
    return overtaken;
  }

  /**
   * It stays and holds up the partition until takeRefused(); unless a later one is in the log: then it is returned, out
   * of the window.
   */
  refused(batch: B, error: E): Overtaken<B, E>[] {
    const at = this.#indexOf(batch);
    const slot = this.#slots[at];
    if (slot === undefined || slot.error !== undefined) throw new TypeError('refused twice');
    if (slot.overtaken && !this.#keepsPlace(batch)) {
      this.#slots.splice(at, 1);
      return [{ batch, error }];
    }
    slot.error = error;
    this.#refused += 1;
    return [];
  }

  /** Failed for good; the others go on. */
  failed(batch: B): void {
    const at = this.#indexOf(batch);
    if (this.#slots[at]?.error !== undefined) this.#refused -= 1;
    this.#slots.splice(at, 1);
  }

  /** What to send again, in order, once every batch has its answer; else nothing. */
  takeRefused(): B[] {
    if (this.#refused === 0 || this.#refused < this.#slots.length) return [];
    const batches = this.batches();
    this.#slots = [];
    this.#refused = 0;
    return batches;
  }

  #indexOf(batch: B): number {
    const at = this.#slots.findIndex((slot) => slot.batch === batch);
    if (at < 0) throw new TypeError('not in flight');
    return at;
  }
}
