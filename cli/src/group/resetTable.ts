import type { ResetOffset } from '@millrace/client/groupAdmin';
import { table } from '../output/table.ts';
import type { TopicNames } from './topicNames.ts';

export interface ResetRow {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Null: nothing is committed. */
  readonly before: number | null;
  readonly after: number | null;
}

export function resetRows(
  group: string,
  offsets: readonly ResetOffset[],
  names: TopicNames,
): ResetRow[] {
  const rows = offsets.map(({ topicId, partition, before, after }): ResetRow => {
    const topic = names.nameOf(topicId);
    return {
      group,
      topic,
      partition,
      before: before?.offset ?? null,
      after: after?.offset ?? null,
    };
  });
  return rows.sort((left, right) =>
    left.topic === right.topic
      ? left.partition - right.partition
      : left.topic < right.topic
        ? -1
        : 1,
  );
}

export function resetTable(rows: readonly ResetRow[]): string {
  return table(
    ['GROUP', 'TOPIC', 'PARTITION', 'BEFORE', 'AFTER', 'CHANGE'],
    rows.map(({ group, topic, partition, before, after }) => [
      group,
      topic,
      partition,
      before ?? '-',
      after ?? '-',
      before === null || after === null ? '-' : signed(after - before),
    ]),
  );
}

function signed(change: number): string {
  return change > 0 ? `+${change}` : String(change);
}
