// The only source of time in the broker. Durations and deadlines use `monotonicMs`; `wallMs` is for
// timestamps that leave the process (records, file ages) and may jump either way.
// A timer never fires early on the monotonic clock; how late it fires is not promised.

export interface TimerHandle {
  /** Idempotent; after it returns the callback does not run. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970, an integer. */
  wallMs(): number;
  /** Milliseconds from an arbitrary start, with a fraction; never goes back. */
  monotonicMs(): number;
  /**
   * Calls `callback` once, no sooner than `delayMs` from now. Any finite delay is right: the 2**31
   * limit of Node's timers is handled here (style.md); a negative one counts as 0.
   */
  setTimer(delayMs: number, callback: () => void): TimerHandle;
  /** Calls `callback` at the end of this tick, after its promises; calls keep their order. */
  soon(callback: () => void): void;
  /**
   * As soon(), but what such a callback asks for in this way follows in the same turn: the stages of one way, from write
   * to send, cost one turn and not one each. For what ends within a millisecond or so.
   */
  atTurnEnd(callback: () => void): void;
}
