/**
 * Recovery elections under way (safety.md, rule 9): who answered for which epoch, and since when somebody is waited for.
 * Lost with the controller: the next one asks anew.
 */
import type { BrokerId, CopyId, TopicId } from '@millrace/core/ids';
import type { CopyReport } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';

/** A live broker that has not answered by then is done without, if enough have. */
const ANSWER_MS_MAX = 2000;
/** An `async` partition goes on without the missing then (rule 13). */
const ASSIGNED_MS_MAX = 60_000;

const NOBODY: ReadonlySet<CopyId> = new Set();

interface Round {
  epoch: number;
  readonly sinceMs: number;
  askedMs: number;
  answers: Map<BrokerId, CopyReport>;
  /** Had not adopted the epoch before: what they adopted since, they adopted for this recovery. */
  readonly asked: Set<CopyId>;
  /** Told in the log, once per count of answers. */
  reported: number;
}

export function partitionKey(topicId: TopicId, partition: number): string {
  return `${topicId}/${partition}`;
}

export class Recoveries {
  readonly #clock: Clock;
  readonly #rounds = new Map<string, Round>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something is waited for: begins to count the time. */
  open(key: string, epoch: number): Round {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#rounds.get(key);
    if (known?.epoch === epoch) return known;
    const round: Round = {
      epoch,
      sinceMs: known?.sinceMs ?? nowMs,
      askedMs: nowMs,
      answers: new Map(),
      asked: new Set(),
      reported: -1,
    };
    this.#rounds.set(key, round);
    return round;
  }

  close(key: string): void {
    this.#rounds.delete(key);
  }

  /** Of a broker that was asked for the epoch of the round, by the session that was asked. */
  answer(brokerId: BrokerId, copy: CopyReport, askedEpoch: number): void {
    const round = this.#rounds.get(partitionKey(copy.topicId, copy.partition));
    if (round?.epoch === askedEpoch) round.answers.set(brokerId, copy);
  }

  /** What a session reported is void with the session. */
  forget(brokerId: BrokerId): void {
    for (const round of this.#rounds.values()) round.answers.delete(brokerId);
  }

  answersFor(
    key: string,
    epoch: number,
  ): readonly { readonly brokerId: BrokerId; readonly copy: CopyReport }[] {
    const round = this.#rounds.get(key);
    if (round === undefined || round.epoch !== epoch) return [];
    return [...round.answers].map(([brokerId, copy]) => ({ brokerId, copy }));
  }

  askedFor(key: string, epoch: number): ReadonlySet<CopyId> {
    const round = this.#rounds.get(key);
    return round?.epoch === epoch ? round.asked : NOBODY;
  }

  isDue(key: string): boolean {
    return this.#passedMs(this.#rounds.get(key)?.askedMs) >= ANSWER_MS_MAX;
  }

  waitedForAll(key: string): boolean {
    return this.#passedMs(this.#rounds.get(key)?.sinceMs) >= ASSIGNED_MS_MAX;
  }

  keys(): IterableIterator<string> {
    return this.#rounds.keys();
  }

  #passedMs(sinceMs: number | undefined): number {
    return sinceMs === undefined ? 0 : this.#clock.monotonicMs() - sinceMs;
  }
}
