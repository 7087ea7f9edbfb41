/**
 * How far one group is behind, as it was measured last, and what the window of it says (core/lag). What could not be
 * measured has no lag, never 0.
 */
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError } from '@millrace/core/errors';
import { lagRecords, nextOffset } from '@millrace/core/lag/lagSample';
import { type LagVerdict, worstVerdict } from '@millrace/core/lag/lagVerdict';
import { LagWindow } from '@millrace/core/lag/lagWindow';
import type { GroupCondition } from '../description.ts';
import type { LagSubject, SubjectPartition } from './lagSubject.ts';
import type { LeaderPosition, PositionsTold } from './positionsTold.ts';

export interface MeasuredPartition extends SubjectPartition {
  readonly position: LeaderPosition | undefined;
  /** Undefined: not known. */
  readonly records: number | undefined;
  readonly lagMs: number | undefined;
  readonly error: MillraceError | undefined;
}

export interface PartitionLagReport extends MeasuredPartition {
  readonly verdict: LagVerdict;
}

export interface GroupLagReport {
  readonly groupId: string;
  readonly condition: GroupCondition;
  readonly members: number;
  readonly verdict: LagVerdict;
  readonly partitions: readonly PartitionLagReport[];
  /** Partitions that the sums leave out. */
  readonly unknown: number;
  readonly records: number;
  /** The largest. */
  readonly lagMs: number;
  readonly ends: number;
}

interface Watch {
  readonly window: LagWindow;
  /** Of the record at that offset; it does not change. */
  readonly time: { readonly offset: number; readonly timestampMs: number } | undefined;
  readonly measured: MeasuredPartition;
}

export interface Now {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export class GroupLag {
  readonly #windowMs: number;
  #watches = new Map<PartitionRef, Watch>();
  #subject: LagSubject | undefined;
  #measuredMs = Number.NEGATIVE_INFINITY;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Monotonic; minus infinity before the first time. */
  get measuredMs(): number {
    return this.#measuredMs;
  }

  /** The offset whose record's time is wanted; undefined: it is known. */
  timeWanted({ ref, committed }: SubjectPartition): number | undefined {
    const watch = this.#watches.get(ref);
    const logStart = watch?.measured.position?.logStart ?? 0;
    const next = nextOffset({ committed: committed?.offset, logStart, end: 0 });
    return watch?.time?.offset === next ? undefined : next;
  }

  /** After a first answer: the same, where the log has begun to start elsewhere since it was asked for. */
  timeMissing(partition: SubjectPartition, told: PositionsTold): number | undefined {
    const position = told.position(partition.ref);
    if (position instanceof MillraceError) return undefined;
    const next = nextOffset({ ...position, committed: partition.committed?.offset });
    if (next >= position.end || this.#timeOf(partition.ref, next, told) !== undefined) {
      return undefined;
    }
    // What was asked for and has no time has none.
    return this.timeWanted(partition) === undefined ? next : undefined;
  }

  /** What was looked at earlier, and comes later, is left out: offsets would seem to go back. */
  observe(subject: LagSubject, told: PositionsTold, now: Now): void {
    if (this.#subject !== undefined && subject.look < this.#subject.look) return;
    const watches = new Map<PartitionRef, Watch>();
    for (const partition of subject.partitions) {
      watches.set(partition.ref, this.#watch(subject, partition, told, now));
    }
    this.#watches = watches;
    this.#subject = subject;
    this.#measuredMs = now.monotonicMs;
  }

  /** Undefined before the first measurement. */
  report(nowMs: number): GroupLagReport | undefined {
    const subject = this.#subject;
    if (subject === undefined) return undefined;
    const partitions = [...this.#watches.values()].map(({ measured, window }) => {
      const verdict = measured.records === undefined ? 'UNKNOWN' : window.verdict(nowMs);
      return { ...measured, verdict };
    });
    const known = partitions.filter(({ records }) => records !== undefined);
    return {
      groupId: subject.groupId,
      condition: subject.condition,
      members: subject.members,
      verdict: worstVerdict(partitions.map(({ verdict }) => verdict)),
      partitions,
      unknown: partitions.length - known.length,
      records: known.reduce((sum, { records = 0 }) => sum + records, 0),
      lagMs: known.reduce((most, { lagMs = 0 }) => Math.max(most, lagMs), 0),
      ends: known.reduce((sum, { position }) => sum + (position?.end ?? 0), 0),
    };
  }

  #watch(
    { start }: LagSubject,
    partition: SubjectPartition,
    told: PositionsTold,
    { monotonicMs, wallMs }: Now,
  ): Watch {
    const { ref, committed, owner } = partition;
    const before = this.#watches.get(ref);
    const window = before?.window ?? new LagWindow(this.#windowMs);
    const position = told.position(ref);
    if (position instanceof MillraceError) {
      const none = { position: undefined, records: undefined, lagMs: undefined };
      return { window, time: before?.time, measured: { ...partition, ...none, error: position } };
    }
    if (committed === undefined && start !== 'earliest') {
      const none = { records: undefined, lagMs: undefined, error: undefined };
      return { window, time: undefined, measured: { ...partition, ...none, position } };
    }
    const at = { ...position, committed: committed?.offset };
    const offset = nextOffset(at);
    const records = lagRecords(at);
    const timestampMs = records === 0 ? undefined : this.#timeOf(ref, offset, told);
    const age = timestampMs === undefined ? undefined : Math.max(0, wallMs - timestampMs);
    const lagMs = records === 0 ? 0 : age;
    window.add({
      atMs: monotonicMs,
      committed: committed?.offset,
      end: position.end,
      records,
      lagMs,
      commitAgeMs: committed === undefined ? undefined : Math.max(0, wallMs - committed.commitMs),
      isOwned: owner !== '',
    });
    return {
      window,
      time: timestampMs === undefined ? undefined : { offset, timestampMs },
      measured: { ...partition, position, records, lagMs, error: undefined },
    };
  }

  #timeOf(ref: PartitionRef, offset: number, told: PositionsTold): number | undefined {
    const time = this.#watches.get(ref)?.time;
    return time?.offset === offset ? time.timestampMs : told.time(ref, offset);
  }
}
