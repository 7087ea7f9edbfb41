/** `millrace query TOPIC[:PARTITION[:TIME]]`: offsets by position or time, as kcat -Q. */
import type { Admin } from '@millrace/client/admin';
import type { OffsetQuery } from '@millrace/client/topicOffsets';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { wholeNumber } from '../optionValues.ts';
import { parseTime } from '../range/timeExpression.ts';
import { UsageError } from '../usageError.ts';

export interface OffsetTarget {
  readonly topic: string;
  /** undefined: all. */
  readonly partition: number | undefined;
  /** undefined: both ends. */
  readonly at: OffsetQuery | undefined;
}

const POSITIONS: ReadonlyMap<string, OffsetQuery> = new Map<string, OffsetQuery>([
  ['start', 'earliest'],
  ['earliest', 'earliest'],
  ['-2', 'earliest'],
  ['end', 'latest'],
  ['latest', 'latest'],
  ['-1', 'latest'],
]);

/** An empty partition means all. Throws UsageError. */
export function parseTarget(text: string, nowMs: number): OffsetTarget {
  // Times may contain colons, names and partitions may not.
  const match = /^([^:]+)(?::([^:]*)(?::(.*))?)?$/.exec(text);
  if (match === null)
    throw new UsageError(`${JSON.stringify(text)} is not TOPIC[:PARTITION[:TIME]]`);
  const [, topic = '', partitionText = '', time] = match;
  const partition = partitionText === '' ? undefined : wholeNumber(0, 2 ** 31 - 1)(partitionText);
  if (time === undefined) return { topic, partition, at: undefined };
  const at = POSITIONS.get(time) ?? { timestampMs: parseTime(time.replace(/^@/, ''), nowMs) };
  return { topic, partition, at };
}

interface OffsetRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset?: number;
  readonly timestampMs?: number | null;
  readonly earliest?: number;
  readonly latest?: number;
}

export async function queryOffsets(
  context: CommandContext,
  targets: readonly string[],
  options: GlobalOptions,
): Promise<void> {
  const parsed = targets.map((target) => parseTarget(target, context.nowMs()));
  const rows: OffsetRow[] = [];
  await withClient(options, async ({ admin }) => {
    for (const target of parsed) rows.push(...(await offsetsOf(admin, target)));
  });
  if (options.output === 'json') printJson(context, rows);
  else for (const row of rows) context.out.text(rowText(row));
}

async function offsetsOf(admin: Admin, target: OffsetTarget): Promise<OffsetRow[]> {
  const { topic, partition, at } = target;
  const of = partition === undefined ? {} : { partitions: [partition] };
  if (at !== undefined) {
    const offsets = await admin.listOffsets(topic, at, of);
    return offsets.map((found) => {
      if (found.error !== undefined) throw found.error;
      const { offset, timestampMs = null } = found;
      return { topic, partition: found.partition, offset, timestampMs };
    });
  }
  const [earliest, latest] = await Promise.all([
    admin.listOffsets(topic, 'earliest', of),
    admin.listOffsets(topic, 'latest', of),
  ]);
  const ends = new Map(latest.map((end) => [end.partition, end]));
  return earliest.map((start) => {
    const end = ends.get(start.partition);
    const error = start.error ?? end?.error;
    if (error !== undefined) throw error;
    return {
      topic,
      partition: start.partition,
      earliest: start.offset,
      latest: end?.offset ?? start.offset,
    };
  });
}

/** kcat's line for a time. */
function rowText({ topic, partition, offset, earliest, latest }: OffsetRow): string {
  const offsets =
    offset === undefined ? `earliest ${earliest} latest ${latest}` : `offset ${offset}`;
  return `${topic} [${partition}] ${offsets}\n`;
}
