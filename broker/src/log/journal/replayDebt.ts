interface Owed {
  readonly sequence: number;
  readonly bytes: number;
}

/** Bytes of extents that the next boot would read: no durable checkpoint covers them. The journal's files bound all else. */
export class ReplayDebt {
  readonly #bytesMax: number;
  readonly #wantCheckpoint: () => void;
  #owed: Owed[] = [];
  #bytes = 0;
  #sinceAsked = 0;

  /** Asks for a checkpoint each time that half of `bytesMax` has come. */
  constructor(bytesMax: number, wantCheckpoint: () => void) {
    this.#bytesMax = bytesMax;
    this.#wantCheckpoint = wantCheckpoint;
  }

  /** No more extents until a checkpoint has come. */
  get isFull(): boolean {
    return this.#bytes >= this.#bytesMax;
  }

  /** `sequence`: of the last frame of their group. */
  add(sequence: number, bytes: number): void {
    this.#owed.push({ sequence, bytes });
    this.#bytes += bytes;
    this.#sinceAsked += bytes;
    if (this.#sinceAsked * 2 < this.#bytesMax) return;
    this.#sinceAsked = 0;
    this.#wantCheckpoint();
  }

  /** A durable checkpoint covers all up to `sequence`. */
  paid(sequence: number): void {
    const later = this.#owed.findIndex((owed) => owed.sequence > sequence);
    const covered = this.#owed.splice(0, later === -1 ? this.#owed.length : later);
    for (const { bytes } of covered) this.#bytes -= bytes;
  }
}
