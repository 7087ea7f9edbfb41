/** `millrace partitions describe`: who leads, holds and is in sync; all topics, or those that are named. */
import type { CopyDescription } from '@millrace/client/clusterAdmin';
import type { Millrace } from '@millrace/client/millrace';
import type { PartitionDescription } from '@millrace/client/topicDescription';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { askEachBroker } from '../eachBroker.ts';
import { type Cell, table } from '../output/table.ts';

export interface PartitionsOptions extends GlobalOptions {
  readonly leaderless?: boolean;
  readonly underReplicated?: boolean;
  readonly underMinIsr?: boolean;
  readonly copies?: boolean;
}

type ListedPartition = Omit<PartitionDescription, 'error'> & { readonly topic: string };
type ListedCopy = CopyDescription & { readonly topic: string };

export async function describePartitions(
  context: CommandContext,
  topics: readonly string[],
  options: PartitionsOptions,
): Promise<void> {
  const partitions = await withClient(options, (client) => listed(client, topics, options));
  const copies = options.copies === true ? await copiesOf(partitions, options) : undefined;
  if (options.output === 'json') {
    printJson(
      context,
      copies === undefined
        ? partitions
        : partitions.map((each) => ({ ...each, copies: copies.filter(isOf(each)) })),
    );
    return;
  }
  if (copies === undefined) context.out.text(partitionTable(partitions));
  else context.out.text(copyTable(partitions, copies));
}

async function listed(
  { admin }: Millrace,
  topics: readonly string[],
  options: PartitionsOptions,
): Promise<ListedPartition[]> {
  const names =
    topics.length > 0
      ? topics
      : (await admin.listTopics({ includeInternal: true })).map(({ name }) => name);
  const found: ListedPartition[] = [];
  for (const name of names) {
    const { partitionDetails } = await admin.describeTopic(name);
    for (const { error: _error, ...partition } of partitionDetails) {
      if (isWanted(partition, options)) found.push({ topic: name, ...partition });
    }
  }
  return found;
}

/** Any of the given conditions; all partitions if none is given. */
function isWanted(
  { leader, isr, replicas, minIsr }: Omit<PartitionDescription, 'error'>,
  { leaderless, underReplicated, underMinIsr }: PartitionsOptions,
): boolean {
  const conditions = [
    [leaderless, leader === -1],
    [underReplicated, isr.length < replicas.length],
    [underMinIsr, isr.length < minIsr],
  ].filter(([asked]) => asked === true);
  return conditions.length === 0 || conditions.some(([, holds]) => holds === true);
}

async function copiesOf(
  partitions: readonly ListedPartition[],
  options: GlobalOptions,
): Promise<ListedCopy[]> {
  const { brokers } = await withClient(options, ({ admin }) => admin.describeCluster());
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const answers = await askEachBroker(options, brokers, async ({ clusterAdmin }) => {
    const copies: ListedCopy[] = [];
    for (const topic of topics) {
      for (const copy of await clusterAdmin.describeCopies(topic)) copies.push({ topic, ...copy });
    }
    return copies;
  });
  return [...answers].sort(([left], [right]) => left - right).flatMap(([, copies]) => copies);
}

function isOf({ topic, partition }: ListedPartition): (copy: ListedCopy) => boolean {
  return (copy) => copy.topic === topic && copy.partition === partition;
}

function partitionTable(partitions: readonly ListedPartition[]): string {
  return table(
    [
      'TOPIC',
      'PARTITION',
      'LEADER',
      'EPOCH',
      'REPLICAS',
      'ISR',
      'MIN-ISR',
      'ADDING',
      'ELIGIBLE',
      'UNCLEAN-EPOCH',
    ],
    partitions.map((each) => [
      each.topic,
      each.partition,
      each.leader === -1 ? 'none' : each.leader,
      each.leaderEpoch,
      each.replicas.join(','),
      each.isr.join(','),
      each.minIsr,
      each.adding.length === 0 ? '-' : each.adding.join(','),
      each.eligible.length === 0 ? '-' : each.eligible.join(','),
      each.uncleanEpoch === -1 ? '-' : each.uncleanEpoch,
    ]),
  );
}

function copyTable(partitions: readonly ListedPartition[], copies: readonly ListedCopy[]): string {
  const rows = partitions.flatMap((partition): Cell[][] =>
    copies
      .filter(isOf(partition))
      .map((copy) => [
        copy.topic,
        copy.partition,
        copy.copy,
        copyState(partition, Number(copy.copy.split(':')[0])),
        copy.logStart,
        copy.logEnd,
        copy.highWatermark,
        copy.lastEpoch,
        copy.sizeBytes,
      ]),
  );
  return table(
    [
      'TOPIC',
      'PARTITION',
      'COPY',
      'STATE',
      'START',
      'END',
      'HIGH-WATERMARK',
      'LAST-EPOCH',
      'BYTES',
    ],
    rows,
  );
}

function copyState({ leader, isr, eligible }: ListedPartition, brokerId: number): string {
  if (leader === brokerId) return 'leader';
  if (isr.includes(brokerId)) return 'in-sync';
  return eligible.includes(brokerId) ? 'eligible' : 'behind';
}
