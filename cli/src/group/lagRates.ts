/** Records a second into and out of groups, between two looks. */
import type { GroupLag } from '@millrace/client/groupDescription';

export interface GroupRates {
  /** Undefined where it can't be told: one look only, or partitions that were not measured. */
  readonly producedPerSecond: number | undefined;
  readonly consumedPerSecond: number | undefined;
}

export interface RatedGroup extends GroupLag, GroupRates {}

interface Look {
  readonly ends: number;
  readonly records: number;
  readonly partitions: number;
  readonly atMs: number;
}

const UNKNOWN: GroupRates = { producedPerSecond: undefined, consumedPerSecond: undefined };

export class LagRates {
  #looks = new Map<string, Look>();

  /** `atMs`: monotonic. */
  rated(groups: readonly GroupLag[], atMs: number): RatedGroup[] {
    const looks = new Map<string, Look>();
    const rated = groups.map((group): RatedGroup => {
      const { ends, records, partitions, partitionsUnknown, error } = group;
      if (error !== undefined || partitionsUnknown > 0) return { ...group, ...UNKNOWN };
      const look = { ends, records, partitions, atMs };
      looks.set(group.group, look);
      return { ...group, ...ratesBetween(this.#looks.get(group.group), look) };
    });
    this.#looks = looks;
    return rated;
  }
}

function ratesBetween(before: Look | undefined, now: Look): GroupRates {
  if (before === undefined || before.partitions !== now.partitions) return UNKNOWN;
  const seconds = (now.atMs - before.atMs) / 1000;
  if (seconds <= 0) return UNKNOWN;
  const produced = now.ends - before.ends;
  const consumed = produced - (now.records - before.records);
  return {
    producedPerSecond: Math.max(0, produced) / seconds,
    // A group that was set back has consumed nothing.
    consumedPerSecond: Math.max(0, consumed) / seconds,
  };
}
