/** Lag as tables and as JSON. What is not known is `?`, never 0. */
import type { GroupLag, PartitionLag } from '@millrace/client/groupDescription';
import type { MillraceError } from '@millrace/core/errors';
import { type Cell, table } from '../output/table.ts';
import { durationText } from './duration.ts';

const UNKNOWN = '?';

export function summaryTable(groups: readonly GroupLag[]): string {
  const rows = groups.map((group) => {
    const { members, condition, verdict } = group;
    return [group.group, condition, members, recordsOf(group), timeOf(group), verdict];
  });
  return table(['GROUP', 'STATE', 'MEMBERS', 'LAG', 'OLDEST', 'VERDICT'], rows);
}

/** With `+?` where partitions are missing from it. */
export function recordsOf({ error, records, partitionsUnknown, partitions }: GroupLag): Cell {
  if (error !== undefined || (partitions > 0 && partitionsUnknown === partitions)) return UNKNOWN;
  return partitionsUnknown === 0 ? records : `${records}+${UNKNOWN}`;
}

export function timeOf({ error, lagMs, partitionsUnknown, partitions }: GroupLag): Cell {
  if (error !== undefined || (partitions > 0 && partitionsUnknown === partitions)) return UNKNOWN;
  return durationText(lagMs);
}

export function partitionTable(lags: readonly PartitionLag[]): string {
  const rows = lags.map((lag) => [
    lag.topicName === '' ? lag.topicId : lag.topicName,
    lag.partition,
    lag.committed ?? '-',
    lag.end ?? UNKNOWN,
    lag.records ?? UNKNOWN,
    lag.lagMs === undefined ? UNKNOWN : durationText(lag.lagMs),
    lag.verdict,
    lag.memberId === '' ? '-' : lag.memberId,
    lag.error?.code ?? '-',
  ]);
  return table(
    ['TOPIC', 'PARTITION', 'COMMITTED', 'END', 'LAG', 'OLDEST', 'VERDICT', 'OWNER', 'ERROR'],
    rows,
  );
}

/** Numbers that are not known are null. */
export function lagJson(group: GroupLag, shape: 'summary' | 'partitions') {
  const { error, partitionLags, ...rest } = group;
  const summary = { ...rest, ...(error && { error: errorJson(error) }) };
  if (shape === 'summary') return summary;
  return {
    ...summary,
    partitionLags: partitionLags.map(({ error: failure, ...lag }) => ({
      ...lag,
      committed: lag.committed ?? null,
      commitMs: lag.commitMs ?? null,
      logStart: lag.logStart ?? null,
      end: lag.end ?? null,
      records: lag.records ?? null,
      lagMs: lag.lagMs ?? null,
      ...(failure && { error: errorJson(failure) }),
    })),
  };
}

function errorJson({ code, message, retriable }: MillraceError) {
  return { code, message, retriable };
}
