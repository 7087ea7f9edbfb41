import type { MillraceError } from '@millrace/core/errors';
import type { Operation } from './stateMachine.ts';

/** How long a reply waits for a record behind which it can leave; then one that says nothing is appended (rule 17). */
export const BARRIER_MS = { prompt: 50, lazy: 1000 } as const;

/** A request whose answer is known, and may not be told yet. Both calls are idempotent. */
export interface Waiting {
  resolve(): void;
  reject(error: MillraceError): void;
}

/** One request, before and within its tick. */
export interface Request<State, Rec> {
  readonly waiting: Waiting;
  /** Milliseconds; undefined: it waits for no barrier. */
  readonly patienceMs: number | undefined;
  /** Throws what the caller is to be told. */
  decide(state: State): readonly Rec[];
  /** Fixes the answer. */
  prepare(state: State): void;
}

export function requestOf<State, Rec, Reply>(
  operation: Operation<State, Rec, Reply>,
  resolve: (reply: Reply) => void,
  reject: (error: MillraceError) => void,
): Request<State, Rec> {
  let prepared: { readonly reply: Reply } | undefined;
  return {
    patienceMs: operation.barrier === 'none' ? undefined : BARRIER_MS[operation.barrier],
    decide: (state) => operation.decide(state),
    prepare: (state) => {
      prepared = { reply: operation.reply(state) };
    },
    waiting: {
      resolve: () => {
        if (prepared !== undefined) resolve(prepared.reply);
      },
      reject,
    },
  };
}
