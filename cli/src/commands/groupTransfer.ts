/** `millrace group export|import`: offsets as a file, and back. All of it is checked before any of it is done. */
import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import type { OffsetReset } from '@millrace/client/groupAdmin';
import { type CommandContext, type GlobalOptions, withClient } from '../commandContext.ts';
import { type OffsetLine, parseOffsetLines } from '../group/offsetLine.ts';
import type { Clients } from '../group/resetPlan.ts';
import { type ResetRow, resetRows } from '../group/resetTable.ts';
import { TopicNames } from '../group/topicNames.ts';
import { InputError } from '../inputError.ts';
import { printResets } from './groupReset.ts';

export interface ImportOptions extends GlobalOptions {
  readonly execute?: boolean;
}

/** Offsets of topics that are gone are left out. */
export async function exportGroups(
  context: CommandContext,
  groups: readonly string[],
  options: GlobalOptions,
): Promise<void> {
  await withClient(options, async ({ admin, groupAdmin }) => {
    const names = await TopicNames.ask(admin);
    const wanted =
      groups.length > 0 ? groups : (await groupAdmin.listGroups()).map(({ group }) => group);
    for (const group of wanted) {
      // A group that does not exist is no empty file.
      const { offsets } = await groupAdmin.describeGroup(group);
      const lines = offsets.flatMap(({ topicId, partition, committed }) => {
        const topic = names.nameOf(topicId);
        if (committed === undefined || topic === topicId) return [];
        const { offset, metadata, commitMs } = committed;
        return { group, topic, partition, offset, metadata, commitMs };
      });
      for (const line of lines.sort(byPlace)) {
        context.out.text(`${JSON.stringify(line)}\n`);
        await context.out.drained();
      }
    }
  });
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

function byPlace(left: Place, right: Place): number {
  if (left.topic === right.topic) return left.partition - right.partition;
  return left.topic < right.topic ? -1 : 1;
}

export async function importGroups(
  context: CommandContext,
  file: string,
  options: ImportOptions,
): Promise<void> {
  const text = file === '-' ? await readText(context.stdin) : await readFile(file, 'utf8');
  const lines = parseOffsetLines(text);
  const rows = await withClient(options, async (client) => {
    const names = await TopicNames.ask(client.admin);
    const resets = await checkedResets(client, lines, names);
    // All are asked first: one group with members, and nothing is changed anywhere.
    const shown = await resetAll(client, resets, names, 'dry-run');
    if (options.execute !== true) return shown;
    return await resetAll(client, resets, names, 'apply');
  });
  printResets(context, options, rows);
}

async function resetAll(
  { groupAdmin }: Clients,
  resets: ReadonlyMap<string, readonly OffsetReset[]>,
  names: TopicNames,
  mode: 'apply' | 'dry-run',
): Promise<ResetRow[]> {
  const rows: ResetRow[] = [];
  for (const [group, offsets] of resets) {
    const dryRun = mode === 'dry-run';
    const told = await groupAdmin.resetOffsets(group, offsets, { dryRun });
    rows.push(...resetRows(group, told, names));
  }
  return rows;
}

/** By group. Throws InputError for topics, partitions and offsets that there are not. */
async function checkedResets(
  { admin }: Clients,
  lines: readonly OffsetLine[],
  names: TopicNames,
): Promise<Map<string, OffsetReset[]>> {
  const resets = new Map<string, OffsetReset[]>();
  for (const [name, ofTopic] of Map.groupBy(lines, ({ topic }) => topic)) {
    const topic = names.byName(name);
    if (topic === undefined) throw refused(`there is no topic ${name}`);
    const beyond = ofTopic.find(({ partition }) => partition >= topic.partitions);
    if (beyond !== undefined) {
      throw refused(`${name} has ${topic.partitions} partitions, not one ${beyond.partition}`);
    }
    const starts = await admin.listOffsets(name, 'earliest');
    const ends = await admin.listOffsets(name, 'latest');
    for (const { group, partition, offset } of ofTopic) {
      const start = starts.find((row) => row.partition === partition);
      const end = ends.find((row) => row.partition === partition);
      const failure = start?.error ?? end?.error;
      if (failure !== undefined) throw failure;
      if (offset < (start?.offset ?? 0) || offset > (end?.offset ?? -1)) {
        const held = `${start?.offset ?? 0} to ${end?.offset ?? 0}`;
        throw refused(`${name}:${partition} holds offsets ${held}, not ${offset} (${group})`);
      }
      const reset = { topicId: topic.topicId, partition, offset };
      resets.set(group, [...(resets.get(group) ?? []), reset]);
    }
  }
  return resets;
}

function refused(message: string): InputError {
  return new InputError(message, 'correct the file; nothing was changed');
}
