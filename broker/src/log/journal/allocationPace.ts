/** How full the current journal file is when the next one is begun, and when it is to be whole. */
const BEGUN_AT = 0.25;
const WHOLE_AT = 0.75;

/**
 * The next journal file grows as the current one fills, not faster. Each sync of a growing file makes the file system
 * commit, and the journal's syncs beside it wait for that: a whole file of zeros at once is felt in every
 * acknowledgement of half a second.
 */
export class AllocationPace {
  #dueShare = 0;
  #wanted: { share: number; goOn: () => void; giveUp: (error: Error) => void } | undefined;
  #stopped: Error | undefined;

  /** `share` of the current file is used. True if the next one is to be begun, or goes on. */
  used(share: number): boolean {
    this.#raiseTo((share - BEGUN_AT) / (WHOLE_AT - BEGUN_AT));
    return share > BEGUN_AT;
  }

  /** Writing waits for it. */
  hurry(): void {
    this.#raiseTo(1);
  }

  /** Of the file that is begun now. */
  begin(): void {
    this.#dueShare = 0;
  }

  /** For good: who waits for its turn is refused with `error`. */
  stop(error: Error): void {
    this.#stopped = error;
    this.#wanted?.giveUp(error);
    this.#wanted = undefined;
  }

  /** Resolves once more than `doneShare` of the file is due; undefined: it is. */
  turn(doneShare: number): Promise<void> | undefined {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (this.#dueShare > doneShare) return undefined;
    return new Promise((goOn, giveUp) => {
      this.#wanted = { share: doneShare, goOn, giveUp };
    });
  }

  #raiseTo(share: number): void {
    if (share <= this.#dueShare) return;
    this.#dueShare = share;
    if (this.#wanted === undefined || share <= this.#wanted.share) return;
    this.#wanted.goOn();
    this.#wanted = undefined;
  }
}
