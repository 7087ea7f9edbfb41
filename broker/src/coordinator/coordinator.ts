/**
 * A state machine over one internal partition: decide -> append -> replay, in the broker that leads it.
 *
 * Requests of a tick are decided one after the other, their records appended as one, with acks=all, in the leader epoch;
 * replies leave once a record appended after the request arrived is below the high watermark: a coordinator that was
 * deposed without knowing answers nobody (safety.md, rule 17). With the epoch all state is dropped; the next one is
 * loaded from the log, and until it is, everything is refused with LOADING.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import { isShortOfReplicas, lostCoordinator } from './coordinatorErrors.ts';
import type { CoordinatorLog } from './coordinatorLog.ts';
import { allCoordinatorRules, type CoordinatorRulesOff } from './coordinatorRules.ts';
import { load } from './loading.ts';
import { RecordBatches } from './recordBatches.ts';
import { Replies } from './replies.ts';
import { type Request, requestOf, type Waiting } from './request.ts';
import type { Operation, StateMachine } from './stateMachine.ts';

/** Of one coordinator, waiting for their tick or their commit. */
const PENDING_MAX = 20_000;
const SETTLE_MS = 8;

export interface CoordinatorParts<State, Rec> {
  readonly log: CoordinatorLog;
  readonly machine: StateMachine<State, Rec>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Only a simulation switches rules off. */
  readonly rulesOff?: CoordinatorRulesOff;
}

/** One leader epoch. */
interface Term<State> {
  readonly epoch: number;
  state: State;
  phase: 'loading' | 'active' | 'failed';
  /** Loading: replayed so far, of how much. */
  offset: number;
  end: number;
  error: MillraceError | undefined;
}

export class Coordinator<State, Rec> {
  readonly #parts: CoordinatorParts<State, Rec>;
  readonly #rulesOff: CoordinatorRulesOff;
  readonly #batches: RecordBatches;
  readonly #replies: Replies;
  #term: Term<State> | undefined;
  /** Why there is no term. */
  #why: MillraceError;
  #queue: Request<State, Rec>[] = [];
  /** Replayed, not appended yet. */
  #records: Rec[] = [];
  /** In the log, their acknowledgement failed: committed with what comes after them. */
  #late: Rec[] = [];
  #isScheduled = false;

  constructor(parts: CoordinatorParts<State, Rec>) {
    this.#parts = parts;
    this.#rulesOff = parts.rulesOff ?? allCoordinatorRules;
    this.#batches = new RecordBatches(parts.log.batchBytesMax);
    this.#replies = new Replies(parts.clock, () => this.#appendBarrier());
    this.#why = millraceError('NOT_COORDINATOR', `${parts.log.name} has no leader here`);
  }

  /** Undefined unless it loads. */
  get progress(): { readonly offset: number; readonly end: number } | undefined {
    const term = this.#term;
    return term?.phase === 'loading' ? { offset: term.offset, end: term.end } : undefined;
  }

  get isActive(): boolean {
    return this.#term?.phase === 'active';
  }

  /** Requests that have no answer yet. */
  get pending(): number {
    return this.#queue.length + this.#replies.size;
  }

  /** The state itself, for what tells nobody anything: timers, metrics. Undefined unless it is active. */
  peek(): State | undefined {
    return this.#term?.phase === 'active' ? this.#term.state : undefined;
  }

  /** The partition is led here, in a new epoch. */
  lead(): void {
    const { log, machine, clock } = this.#parts;
    this.resign(millraceError('NOT_COORDINATOR', `${log.name} is led in another epoch`));
    const { leaderEpoch: epoch } = log;
    const state = machine.initial();
    const term: Term<State> = {
      epoch,
      state,
      phase: 'loading',
      offset: 0,
      end: 0,
      error: undefined,
    };
    this.#term = term;
    load({
      log,
      machine,
      clock,
      epoch,
      isOver: () => this.#term !== term,
      state: () => {
        term.state = machine.initial();
        return term.state;
      },
      progress: (offset, end) => {
        term.offset = offset;
        term.end = end;
      },
      loaded: () => {
        term.phase = 'active';
        machine.loaded(term.state);
        this.#schedule();
      },
      lost: (error) => this.resign(error),
      failed: (error) => this.#loadFailed(term, error),
    });
  }

  /** The epoch is over: what is in the log fails as `unknown`, the rest as `not-applied`. */
  resign(error: MillraceError): void {
    this.#why = error;
    if (this.#term === undefined) return;
    this.#term = undefined;
    this.#records = [];
    this.#late = [];
    const notApplied = this.#lost(error, 'not-applied');
    const queue = this.#queue;
    this.#queue = [];
    for (const { waiting } of queue) waiting.reject(notApplied);
    this.#replies.rejectAll(notApplied, this.#lost(error, 'unknown'));
  }

  /**
   * Rejects with what `decide` throws; LOADING, NOT_COORDINATOR (with a hint), TOO_MANY_REQUESTS and why the log
   * appends nothing, `not-applied`; NOT_COORDINATOR or NOT_ENOUGH_REPLICAS_AFTER_APPEND, `unknown`, once it is in the log.
   */
  run<Reply>(operation: Operation<State, Rec, Reply>): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal();
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      this.#queue.push(requestOf(operation, resolve, reject));
      this.#schedule();
    });
  }

  /** Something has happened outside that `settle` looks at. */
  nudge(): void {
    if (this.isActive) this.#schedule();
  }

  #refusal(): MillraceError | undefined {
    const { name } = this.#parts.log;
    const term = this.#term;
    if (term === undefined) return this.#lost(this.#why, 'not-applied');
    if (term.phase === 'failed') return term.error;
    if (!this.#answers(term)) {
      const where = `${term.offset} of ${term.end}`;
      return millraceError('LOADING', `${name} is being loaded: ${where}`);
    }
    if (this.pending < PENDING_MAX) return undefined;
    return millraceError('TOO_MANY_REQUESTS', `${name}: ${PENDING_MAX} requests wait already`);
  }

  #answers({ phase }: Term<State>): boolean {
    return (
      phase === 'active' || (phase === 'loading' && this.#rulesOff.has('loading-answers-nobody'))
    );
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.clock.soon(() => {
      this.#isScheduled = false;
      this.#tick();
    });
  }

  #tick(): void {
    const term = this.#term;
    if (term === undefined || !this.#answers(term)) return;
    const queue = this.#queue;
    this.#queue = [];
    // Deciding what can't be appended would leave a state that the log does not have.
    const refusal = this.#appendRefusal(term);
    if (refusal !== undefined) {
      for (const { waiting } of queue) waiting.reject(refusal);
      return;
    }
    const free: Request<State, Rec>[] = [];
    const barred: Request<State, Rec>[] = [];
    for (const request of queue) {
      const outcome = this.#decide(term.state, request);
      if (outcome === 'refused') continue;
      const isFree = request.patienceMs === undefined || this.#rulesOff.has('barrier-before-reply');
      (isFree && outcome === 'appends nothing' ? free : barred).push(request);
    }
    this.#settle(term);
    for (const request of barred) {
      request.prepare(term.state);
      this.#replies.bar(request.waiting, request.patienceMs);
    }
    for (const request of free) {
      request.prepare(term.state);
      request.waiting.resolve();
    }
    if (this.#records.length > 0) this.#append(term);
    else this.#replies.arm();
  }

  #decide(state: State, request: Request<State, Rec>): 'appends' | 'appends nothing' | 'refused' {
    try {
      const records = request.decide(state);
      for (const record of records) this.#write(state, record);
      return records.length === 0 ? 'appends nothing' : 'appends';
    } catch (error) {
      request.waiting.reject(toMillraceError(error));
      return 'refused';
    }
  }

  #settle(term: Term<State>): void {
    const { machine, clock } = this.#parts;
    const untilMs = clock.monotonicMs() + SETTLE_MS;
    const isDue = (): boolean => clock.monotonicMs() >= untilMs;
    const left = machine.settle(term.state, (record) => this.#write(term.state, record), isDue);
    // By a timer: at the end of this tick it would be the same slice of the event loop.
    if (left === 'more') clock.setTimer(0, () => this.nudge());
  }

  #write(state: State, record: Rec): void {
    this.#parts.machine.replay(state, record);
    this.#records.push(record);
  }

  #appendBarrier(): void {
    const term = this.#term;
    if (term === undefined) return;
    const refusal = this.#appendRefusal(term);
    if (refusal !== undefined) {
      this.#replies.rejectBarred(refusal);
      return;
    }
    this.#write(term.state, this.#parts.machine.barrier);
    this.#append(term);
  }

  /** All records written since the last append, and behind them all replies that wait. */
  #append(term: Term<State>): void {
    const { log, machine, clock } = this.#parts;
    const records = this.#records;
    this.#records = [];
    const waiting = this.#replies.append();
    try {
      const nowMs = clock.wallMs();
      for (const record of records) {
        const { key, value } = machine.encode(record);
        this.#batches.append(nowMs, key, value);
      }
      log.append(this.#batches.take(), {
        acknowledged: () => this.#committed(term, records, waiting),
        failed: (error) => this.#failed(term, records, waiting, error),
      });
    } catch (error) {
      this.#refused(waiting, toMillraceError(error));
    }
  }

  #committed(term: Term<State>, records: readonly Rec[], waiting: readonly Waiting[]): void {
    this.#replies.resolve(waiting);
    if (this.#term !== term) return;
    const late = this.#late;
    this.#late = [];
    this.#parts.machine.committed(late.length === 0 ? records : [...late, ...records]);
  }

  #failed(
    term: Term<State>,
    records: readonly Rec[],
    waiting: readonly Waiting[],
    error: MillraceError,
  ): void {
    this.#replies.reject(waiting, this.#lost(error, 'unknown'));
    if (this.#term !== term) return;
    // The epoch goes on, the records stay where they are.
    if (isShortOfReplicas(error)) this.#late.push(...records);
    else this.resign(error);
  }

  /** The state is ahead of the log, which is read again. The epoch goes on. */
  #refused(waiting: readonly Waiting[], error: MillraceError): void {
    const { log, logger } = this.#parts;
    this.#batches.drop();
    this.#replies.reject(waiting, error);
    const fields = { log: log.name, error: error.message };
    logger.warn('a coordinator could not append, its state is read again', fields);
    this.lead();
  }

  #loadFailed(term: Term<State>, error: MillraceError): void {
    const { log, logger } = this.#parts;
    logger.error('a coordinator could not load', { log: log.name, error: error.message });
    term.phase = 'failed';
    term.error = error;
  }

  /** Another epoch may have begun, and nobody has said so here yet. */
  #appendRefusal({ epoch }: Term<State>): MillraceError | undefined {
    const { log } = this.#parts;
    if (log.leaderEpoch !== epoch) {
      const moved = millraceError('NOT_COORDINATOR', `${log.name} is led in another epoch`);
      return this.#lost(moved, 'not-applied');
    }
    const { refusal } = log;
    return refusal === undefined ? undefined : this.#lost(refusal, 'not-applied');
  }

  #lost(error: MillraceError, outcome: 'not-applied' | 'unknown'): MillraceError {
    return lostCoordinator(this.#parts.log.name, error, outcome);
  }
}
