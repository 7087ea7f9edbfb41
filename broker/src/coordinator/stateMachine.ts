/** What a coordinator runs: pure, all in memory. Replay is the only way in which the state changes. */
export interface StateMachine<State, Rec> {
  /** Says nothing; appended where something must be committed and nothing is due (rule 17). */
  readonly barrier: Rec;
  initial(): State;
  encode(record: Rec): { readonly key: Buffer; readonly value: Buffer | null };
  /** Undefined: of a type that is not known here, ignored. Throws CORRUPT_STATE. */
  decode(key: Buffer | null, value: Buffer | null): Rec | undefined;
  replay(state: State, record: Rec): void;
  /** All records are replayed, in a new leader epoch. */
  loaded(state: State): void;
  /**
   * Records that follow from what was decided in this tick; `write` replays each. `isDue` turns true once the event loop
   * has waited long enough: what is left is done in the next tick, if the answer is `more`.
   */
  settle(state: State, write: (record: Rec) => void, isDue: () => boolean): 'settled' | 'more';
  /** In the order of the log, once they are below the high watermark. */
  committed(records: readonly Rec[]): void;
}

export interface Operation<State, Rec, Reply> {
  /** Runs in the order of arrival, on the state that all before it have left. Throws what the caller is to be told. */
  decide(state: State): readonly Rec[];
  /** After all decisions of the tick and what follows from them; must not change later. */
  reply(state: State): Reply;
  /**
   * How long the reply may wait for a record behind which it can leave: `prompt` 50 ms, `lazy` a second, for what
   * nobody waits for. `none`: it tells nobody anything, so that without records of its own it is done at once.
   */
  readonly barrier: 'prompt' | 'lazy' | 'none';
}
