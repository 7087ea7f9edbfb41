/**
 * `millrace consume -g GROUP`: a member of a group that prints. A record counts as processed once its line is written to
 * standard output: what was written is committed, also when the reader goes away or the process is told to end.
 */
import type { ConsumedRecord, ConsumedRecords } from '@millrace/client/consumedRecord';
import type { GroupStart } from '@millrace/client/groups/consumerOptions';
import type { GroupConsumer } from '@millrace/client/groups/groupConsumer';
import type { TopicPartition } from '@millrace/client/groups/topicPartition';
import type { Millrace } from '@millrace/client/millrace';
import { type CommandContext, withClient } from '../commandContext.ts';
import { EARLIEST, parseOffsetOptions } from '../range/offsetRange.ts';
import type { PrintRecord } from '../record/formatString.ts';
import { recordPrinter } from '../record/recordPrinter.ts';
import { UsageError } from '../usageError.ts';
import type { ConsumeOptions } from './consume.ts';

const END_CHECK_MS = 100;

export async function consumeGroup(
  context: CommandContext,
  topic: string,
  group: string,
  options: ConsumeOptions,
): Promise<void> {
  if (options.partition !== undefined) {
    throw new UsageError(
      '-p and -g do not go together: the group gives each member its partitions',
    );
  }
  const print = recordPrinter(options);
  const from = startOf(options, context.nowMs());
  await withClient(options, async (client) => {
    const ends = options.exit === true ? new Ends(client) : undefined;
    const consumer = client.consumer({
      group,
      topics: [topic],
      from,
      instanceId: options.instanceId,
      sessionTimeoutMs: options.sessionTimeout,
      onAssigned: (partitions) => ends?.add(partitions),
    });
    const stop = (): void => consumer.stop();
    context.stop.addEventListener('abort', stop);
    const ending = setInterval(() => {
      if (ends?.areReached(consumer) === true) stop();
    }, END_CHECK_MS);
    try {
      if (!context.stop.aborted) await printAll(context, consumer, print, options.count);
    } finally {
      clearInterval(ending);
      context.stop.removeEventListener('abort', stop);
    }
  });
}

async function printAll(
  context: CommandContext,
  consumer: GroupConsumer,
  print: PrintRecord,
  countMax = Number.POSITIVE_INFINITY,
): Promise<void> {
  let left = countMax;
  for await (const batch of consumer.batches()) {
    const last = await printSome(context, batch, print, left);
    left -= batch.records.length;
    if (last === undefined) return;
    if (left > 0 && !context.stop.aborted) continue;
    // Not the batch as a whole.
    await consumer.commit(last);
    return;
  }
}

/** Resolves with the last record once it and all before it are written. Throws BrokenPipeError once nobody reads. */
async function printSome(
  { out, stop }: CommandContext,
  { records }: ConsumedRecords,
  print: PrintRecord,
  countMax: number,
): Promise<ConsumedRecord | undefined> {
  let last: ConsumedRecord | undefined;
  for (const record of records.slice(0, Math.min(countMax, records.length))) {
    if (stop.aborted) break;
    print(record, out.buffer);
    if (out.buffer.full) await out.drained();
    last = record;
  }
  await out.end();
  return last;
}

/** The ends that partitions had when this member got them. */
class Ends {
  readonly #client: Millrace;
  readonly #ends = new Map<string, number>();

  constructor(client: Millrace) {
    this.#client = client;
  }

  async add(partitions: readonly TopicPartition[]): Promise<void> {
    for (const [topic, of] of Map.groupBy(partitions, (one) => one.topic)) {
      const numbers = of.map(({ partition }) => partition);
      const found = await this.#client.admin.listOffsets(topic, 'latest', { partitions: numbers });
      for (const { partition, offset, error } of found) {
        if (error !== undefined) throw error;
        this.#ends.set(`${topic}/${partition}`, offset);
      }
    }
  }

  /** Never of a member that has nothing: it may get something yet. */
  areReached(consumer: GroupConsumer): boolean {
    const { assignment } = consumer;
    return (
      assignment.length > 0 &&
      assignment.every((one) => {
        const end = this.#ends.get(`${one.topic}/${one.partition}`);
        const { position } = consumer.position(one);
        return end !== undefined && position !== undefined && position >= end;
      })
    );
  }
}

/** Where a partition begins of which the group has committed nothing. */
function startOf(options: ConsumeOptions, nowMs: number): GroupStart {
  const { from, to } = parseOffsetOptions(options.offset ?? [], nowMs);
  if (to !== undefined) throw new UsageError('with -g, -o takes a start alone: start, end or @T');
  if (from === EARLIEST) return 'earliest';
  if (from.kind === 'latest' && from.minus === 0) return 'latest';
  if (from.kind === 'time') return { timestampMs: from.ms };
  throw new UsageError('with -g, -o is start, end or @T: where the group has committed nothing');
}
