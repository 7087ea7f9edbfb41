/** How long records waited for their acknowledgements, while somebody wants to know. Milliseconds. */
export class AckWaits {
  #waits: number[] | undefined;

  acknowledged(sentMs: number, nowMs: number): void {
    this.#waits?.push(nowMs - sentMs);
  }

  /** Of records that are acknowledged from now on. */
  begin(): void {
    this.#waits = [];
  }

  end(): readonly number[] {
    const waits = this.#waits ?? [];
    this.#waits = undefined;
    return waits;
  }
}
