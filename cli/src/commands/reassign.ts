/** `millrace reassign plan|apply|cancel`: other replicas for partitions. What it costs can be seen before it begins. */
import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import type { PartitionReplicas } from '@millrace/client/clusterAdmin';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { InputError } from '../inputError.ts';
import { table } from '../output/table.ts';
import { parseTopicOrPartition } from '../partitionName.ts';
import { CopySizes } from '../reassign/copySizes.ts';
import { parsePlan } from '../reassign/planFile.ts';
import { planSeconds } from '../reassign/planDuration.ts';
import { type PlannedBroker, planReassignment } from '../reassign/reassignmentPlan.ts';
import { UsageError } from '../usageError.ts';

export interface PlanOptions extends GlobalOptions {
  readonly brokers?: readonly number[];
  /** Bytes per second that each broker copies. */
  readonly rate?: number;
}

interface PlannedChange {
  readonly topic: string;
  readonly partition: number;
  readonly from: readonly number[];
  readonly replicas: readonly number[];
  /** To copy; null: not known. */
  readonly bytes: number | null;
}

export async function planReassign(
  context: CommandContext,
  topics: readonly string[],
  options: PlanOptions,
): Promise<void> {
  const { partitions, brokers } = await withClient(options, async ({ admin }) => {
    const found: { topic: string; partition: number; from: readonly number[] }[] = [];
    for (const topic of new Set(topics)) {
      for (const { partition, replicas } of (await admin.describeTopic(topic)).partitionDetails) {
        found.push({ topic, partition, from: replicas });
      }
    }
    return { partitions: found, brokers: await admin.describeBrokers() };
  });
  const asked = options.brokers;
  const usable = brokers.filter(({ brokerId, fenced, cordoned, draining }) =>
    asked === undefined ? !fenced && !cordoned && !draining : asked.includes(brokerId),
  );
  checkBrokers(
    asked ?? [],
    brokers.map(({ brokerId }) => brokerId),
  );
  const targets = usable.map(({ brokerId: id, rack }): PlannedBroker => ({ id, rack }));
  const plan = planReassignment(
    partitions.map(({ from }) => from),
    targets,
  );
  const changed = partitions.flatMap((each, at) => {
    const replicas = plan[at] ?? each.from;
    return replicas.join() === each.from.join() ? [] : [{ ...each, replicas }];
  });
  const sizes = await CopySizes.ask(options, [...new Set(changed.map(({ topic }) => topic))]);
  const changes = changed.map((each): PlannedChange => {
    const size = sizes.largest(each.topic, each.partition, each.from);
    const copies = comers(each).length;
    return { ...each, bytes: copies === 0 ? 0 : size === undefined ? null : size * copies };
  });
  if (options.output === 'json') printJson(context, { reassignments: changes });
  else context.out.text(planText(changes, partitions.length, options.rate));
}

function checkBrokers(asked: readonly number[], known: readonly number[]): void {
  const unknown = asked.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new UsageError(`there is no broker ${unknown}`);
}

function comers({ from, replicas }: Pick<PlannedChange, 'from' | 'replicas'>): number[] {
  return replicas.filter((id) => !from.includes(id));
}

function planText(changes: readonly PlannedChange[], of: number, rate?: number): string {
  if (changes.length === 0) return `nothing to do: ${of} partitions lie as they should\n`;
  const copies = changes.reduce((sum, change) => sum + comers(change).length, 0);
  const bytes = changes.reduce((sum, change) => sum + (change.bytes ?? 0), 0);
  const unknown = changes.some((change) => change.bytes === null)
    ? ' and more (not all known)'
    : '';
  const rows = changes.map((change) => [
    change.topic,
    change.partition,
    change.from.join(','),
    change.replicas.join(','),
    change.bytes ?? 'unknown',
  ]);
  const seconds = rate === undefined ? undefined : planSeconds(changes, rate);
  const eta = seconds === undefined ? '' : `, in about ${seconds} s at that rate`;
  return (
    `${table(['TOPIC', 'PARTITION', 'FROM', 'TO', 'BYTES'], rows)}\n` +
    `${changes.length} of ${of} partitions change, ${copies} copies of ${bytes} bytes${unknown} are made${eta}. To do it:\n` +
    '  the same command with --output json | millrace reassign apply -\n'
  );
}

/** `-`: standard input. */
export async function applyReassign(
  context: CommandContext,
  file: string,
  options: GlobalOptions,
): Promise<void> {
  const text = file === '-' ? await readText(context.stdin) : await readFile(file, 'utf8');
  const changes = parsePlan(text);
  if (changes.length > 0)
    await withClient(options, (client) => client.clusterAdmin.reassign(changes));
  report(context, options, changes, 'begins (millrace reassign status --watch)');
}

export interface CancelOptions extends GlobalOptions {
  readonly all?: boolean;
}

/** Of the named topics and partitions, or of all. */
export async function cancelReassign(
  context: CommandContext,
  names: readonly string[],
  options: CancelOptions,
): Promise<void> {
  if (names.length === 0 && options.all !== true) {
    throw new UsageError('give topics or partitions, or --all');
  }
  const wanted = names.map(parseTopicOrPartition);
  const cancelled = await withClient(options, async ({ clusterAdmin }) => {
    const changes = (await clusterAdmin.listReassignments())
      .filter(
        ({ topicName, partition }) =>
          options.all === true ||
          wanted.some(
            (name) => name.topic === topicName && (name.partition ?? partition) === partition,
          ),
      )
      .map(({ topicName: topic, partition }): PartitionReplicas => {
        return { topic, partition, replicas: 'cancel' };
      });
    if (changes.length > 0) await clusterAdmin.reassign(changes);
    return changes;
  });
  if (cancelled.length === 0 && options.all !== true) {
    throw new InputError(
      `no reassignment of ${names.join(', ')} is under way`,
      'see millrace reassign status',
    );
  }
  report(context, options, cancelled, 'is cancelled');
}

function report(
  context: CommandContext,
  options: GlobalOptions,
  changes: readonly PartitionReplicas[],
  done: string,
): void {
  if (options.output === 'json') printJson(context, { reassignments: changes });
  else context.out.text(`reassignment of ${changes.length} partitions ${done}\n`);
}
