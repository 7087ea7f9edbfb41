/**
 * Lag of the groups that this broker coordinates: measured all together each interval, and single groups when somebody
 * asks, at most once a second each. Windows live as long as the coordinator leads; after that `__groups` tells what a
 * verdict may say (core/lag/lagVerdict).
 */
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { Pace } from '../../coordinator/pace.ts';
import { GroupLag, type GroupLagReport } from '../../groups/lag/groupLag.ts';
import type { GroupCoordinator } from '../../groups/groupCoordinator.ts';
import type { LagSubject } from '../../groups/lag/lagSubject.ts';
import { PositionsTold } from '../../groups/lag/positionsTold.ts';
import type { Clock, TimerHandle } from '../../io/clock.ts';
import type { Logger } from '../../io/logger.ts';
import type { PositionInquiry } from './positionInquiry.ts';

/** Intervals of a window. */
const WINDOW_INTERVALS = 12;
const FRESH_MS = 1000;

/** Groups of one partition of `__groups`, led here. */
export interface LedGroups {
  /** Another one: what was known of its groups is void. */
  readonly term: string;
  readonly coordinator: GroupCoordinator;
}

export interface GroupLagsParts {
  readonly led: () => Iterable<LedGroups>;
  readonly inquiry: Pick<PositionInquiry, 'ask'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
  /** Of all groups: those that do not fit are measured only when somebody asks. */
  readonly partitionsMax: number;
}

interface Watched {
  readonly term: string;
  readonly lag: GroupLag;
  /** In the round that is under way, or the last one. */
  round: number;
  measuring: Promise<void> | undefined;
}

interface Due {
  readonly subject: LagSubject;
  readonly lag: GroupLag;
}

export class GroupLags {
  readonly #parts: GroupLagsParts;
  readonly #watched = new Map<string, Watched>();
  #timer: TimerHandle | undefined;
  #isStopped = false;
  #round = 0;
  #unmeasured = 0;

  constructor(parts: GroupLagsParts) {
    this.#parts = parts;
  }

  /** Groups that did not fit into the last round. */
  get unmeasured(): number {
    return this.#unmeasured;
  }

  /** There are groups to measure, from now on. */
  start(): void {
    if (this.#timer === undefined && !this.#isStopped) this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** As measured last. */
  *reports(): Generator<GroupLagReport, void> {
    const terms = new Set([...this.#parts.led()].map(({ term }) => term));
    const nowMs = this.#parts.clock.monotonicMs();
    for (const { term, lag } of this.#watched.values()) {
      const report = terms.has(term) ? lag.report(nowMs) : undefined;
      if (report !== undefined) yield report;
    }
  }

  /** Of groups coordinated in `term`; measured now unless that was within the last second. */
  async measured(term: string, subjects: readonly LagSubject[]): Promise<GroupLagReport[]> {
    const { clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    const due: Due[] = [];
    const waits: Promise<void>[] = [];
    const asked = subjects.map((subject) => ({ subject, watched: this.#of(subject, term) }));
    for (const { subject, watched } of asked) {
      if (watched.measuring !== undefined) waits.push(watched.measuring);
      else if (nowMs - watched.lag.measuredMs >= FRESH_MS) due.push({ subject, lag: watched.lag });
    }
    const measuring = this.#measure(due).finally(() => {
      for (const { watched } of asked) {
        if (watched.measuring === measuring) watched.measuring = undefined;
      }
    });
    const inTurn = new Set(due.map(({ lag }) => lag));
    for (const { watched } of asked) if (inTurn.has(watched.lag)) watched.measuring = measuring;
    await Promise.all([measuring, ...waits]);
    const endMs = clock.monotonicMs();
    return asked.flatMap(({ watched }) => watched.lag.report(endMs) ?? []);
  }

  #schedule(): void {
    const { clock, intervalMs, logger } = this.#parts;
    this.#timer = clock.setTimer(intervalMs, () => {
      this.#measureAll()
        .catch((error: unknown) => logger.error('lag was not measured', { cause: String(error) }))
        .finally(() => {
          if (!this.#isStopped) this.#schedule();
        });
    });
  }

  async #measureAll(): Promise<void> {
    const { led, clock, partitionsMax, logger } = this.#parts;
    const pace = new Pace(clock);
    const due: Due[] = [];
    this.#round += 1;
    let partitions = 0;
    let left = 0;
    for (const { term, coordinator } of led()) {
      for (const subject of coordinator.peekLagSubjects()) {
        if (pace.isDue) await pace.rest();
        if (partitions + subject.partitions.length > partitionsMax) {
          left += 1;
          continue;
        }
        partitions += subject.partitions.length;
        const watched = this.#of(subject, term);
        watched.round = this.#round;
        due.push({ subject, lag: watched.lag });
      }
    }
    if (left > 0 && this.#unmeasured === 0) {
      logger.warn('lag is not measured of all groups', { left, partitionsMax });
    }
    this.#unmeasured = left;
    await this.#measure(due);
    for (const [groupId, { round }] of this.#watched) {
      if (round !== this.#round) this.#watched.delete(groupId);
    }
  }

  async #measure(due: readonly Due[]): Promise<void> {
    if (due.length === 0) return;
    const { inquiry, clock } = this.#parts;
    const pace = new Pace(clock);
    const told = new PositionsTold();
    const questions = new Map<PartitionRef, Set<number>>();
    for (const { subject, lag } of due) {
      if (pace.isDue) await pace.rest();
      for (const partition of subject.partitions) {
        const offset = lag.timeWanted(partition);
        add(questions, partition.ref, offset);
      }
    }
    await inquiry.ask(questions, told);
    const missing = new Map<PartitionRef, Set<number>>();
    for (const { subject, lag } of due) {
      for (const partition of subject.partitions) {
        const offset = lag.timeMissing(partition, told);
        if (offset !== undefined) add(missing, partition.ref, offset);
      }
    }
    if (missing.size > 0) await inquiry.ask(missing, told);
    for (const { subject, lag } of due) {
      if (pace.isDue) await pace.rest();
      lag.observe(subject, told, { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() });
    }
  }

  #of({ groupId }: LagSubject, term: string): Watched {
    const known = this.#watched.get(groupId);
    if (known?.term === term) return known;
    const lag = new GroupLag(WINDOW_INTERVALS * this.#parts.intervalMs);
    const watched = { term, lag, round: this.#round, measuring: undefined };
    // Beyond the bound nothing is kept.
    if (this.#unmeasured === 0 || known !== undefined) this.#watched.set(groupId, watched);
    return watched;
  }
}

function add(
  questions: Map<PartitionRef, Set<number>>,
  ref: PartitionRef,
  offset: number | undefined,
): void {
  const offsets = questions.get(ref) ?? new Set<number>();
  if (offset !== undefined) offsets.add(offset);
  questions.set(ref, offsets);
}
