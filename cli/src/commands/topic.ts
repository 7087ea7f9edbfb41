/** `millrace topic create|list|describe|alter|delete|delete-records`. */
import type { PartitionDescription, TopicDescription } from '@millrace/client/topicDescription';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { keyValues } from '../optionValues.ts';
import { table } from '../output/table.ts';
import { UsageError } from '../usageError.ts';

export interface CreateOptions extends GlobalOptions {
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly config?: readonly string[];
  readonly validateOnly?: boolean;
}

/** Stops at the first topic that cannot be created; those before it stay. */
export async function createTopics(
  context: CommandContext,
  topics: readonly string[],
  options: CreateOptions,
): Promise<void> {
  const { partitions, replicationFactor, validateOnly } = options;
  const config = keyValues(options.config ?? []);
  await withClient(options, async ({ admin }) => {
    for (const name of topics) {
      const wanted = { name, partitions, replicationFactor, config, validateOnly };
      const { topic, existed } = await admin.createTopic(wanted);
      if (options.output === 'json') {
        printJson(context, { ...topic, existed });
      } else {
        let done = existed ? 'exists already, with the same shape' : 'created';
        if (validateOnly === true) done = 'can be created';
        context.out.text(`${topic.name}: ${done} (${shape(topic)})\n`);
      }
    }
  });
}

export interface ListOptions extends GlobalOptions {
  readonly internal?: boolean;
}

export async function listTopics(context: CommandContext, options: ListOptions): Promise<void> {
  const listing = { includeInternal: options.internal === true };
  const topics = await withClient(options, ({ admin }) => admin.listTopics(listing));
  if (options.output === 'json') {
    printJson(context, topics);
    return;
  }
  const rows = topics.map((topic) => [topic.name, topic.partitions, topic.replicationFactor]);
  context.out.text(table(['NAME', 'PARTITIONS', 'REPLICAS'], rows));
}

export async function describeTopics(
  context: CommandContext,
  names: readonly string[],
  options: GlobalOptions,
): Promise<void> {
  await withClient(options, async ({ admin }) => {
    const topics: TopicDescription[] = [];
    for (const name of names) topics.push(await admin.describeTopic(name));
    if (options.output === 'json') printJson(context, topics.length === 1 ? topics[0] : topics);
    else context.out.text(topics.map(descriptionText).join('\n'));
  });
}

export interface AlterOptions extends GlobalOptions {
  readonly partitions?: number;
  readonly config?: readonly string[];
  readonly unset?: readonly string[];
  readonly validateOnly?: boolean;
}

export async function alterTopic(
  context: CommandContext,
  topic: string,
  options: AlterOptions,
): Promise<void> {
  const { partitions, validateOnly } = options;
  const config = keyValues(options.config ?? []);
  const configUnset = options.unset ?? [];
  if (partitions === undefined && configUnset.length === 0 && Object.keys(config).length === 0) {
    throw new UsageError('nothing to alter: give --partitions, --config or --unset');
  }
  const change = { topic, partitions, config, configUnset, validateOnly };
  const altered = await withClient(options, ({ admin }) => admin.alterTopic(change));
  if (options.output === 'json') printJson(context, altered);
  else {
    const done = validateOnly === true ? 'can be altered' : 'altered';
    context.out.text(`${altered.name}: ${done} (${shape(altered)})\n`);
  }
}

/** Stops at the first topic that cannot be deleted; those before it are gone. */
export async function deleteTopics(
  context: CommandContext,
  topics: readonly string[],
  options: GlobalOptions,
): Promise<void> {
  await withClient(options, async ({ admin }) => {
    for (const name of topics) {
      const topicId = await admin.deleteTopic(name);
      if (options.output === 'json') printJson(context, { name, topicId });
      else context.out.text(`${name}: deleted\n`);
    }
  });
}

export interface DeleteRecordsOptions extends GlobalOptions {
  readonly partition: number;
  readonly before: number | 'end';
}

export async function deleteRecords(
  context: CommandContext,
  topic: string,
  options: DeleteRecordsOptions,
): Promise<void> {
  const { partition, before } = options;
  const logStart = await withClient(options, ({ admin }) =>
    admin.deleteRecords(topic, partition, before),
  );
  if (options.output === 'json') printJson(context, { topic, partition, logStart });
  else context.out.text(`${topic}/${partition}: begins at offset ${logStart} now\n`);
}

function shape(topic: TopicDescription): string {
  return `${plural(topic.partitions, 'partition')}, ${plural(topic.replicationFactor, 'replica')}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function descriptionText(topic: TopicDescription): string {
  const config = topic.config.map(({ key, value, source }) => [key, value, source]);
  return [
    `name      ${topic.name}\nid        ${topic.topicId}\nshape     ${shape(topic)}\n`,
    config.length === 0 ? '' : table(['CONFIG', 'VALUE', 'SOURCE'], config),
    table(
      [
        'PARTITION',
        'LEADER',
        'EPOCH',
        'REPLICAS',
        'ISR',
        'START',
        'HIGH-WATERMARK',
        'BYTES',
        'ERROR',
      ],
      topic.partitionDetails.map(partitionRow),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function partitionRow(partition: PartitionDescription): (string | number)[] {
  const { leader, leaderEpoch, replicas, isr, logStart, highWatermark, sizeBytes, error } =
    partition;
  return [
    partition.partition,
    leader === -1 ? 'none' : leader,
    leaderEpoch,
    replicas.join(','),
    isr.join(','),
    logStart,
    highWatermark,
    sizeBytes,
    error === undefined ? '' : error.code,
  ];
}
