/** `millrace group list|describe|members|delete`. */
import type { GroupDescription, GroupLag, GroupMember } from '@millrace/client/groupDescription';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { lagJson, partitionTable, recordsOf, timeOf } from '../group/lagTable.ts';
import { TopicNames } from '../group/topicNames.ts';
import { table } from '../output/table.ts';

export async function listGroups(context: CommandContext, options: GlobalOptions): Promise<void> {
  const groups = await withClient(options, ({ groupAdmin }) => groupAdmin.listGroups());
  if (options.output === 'json') {
    printJson(context, groups);
    return;
  }
  const rows = groups.map(({ group, condition, members }) => [group, condition, members]);
  context.out.text(table(['GROUP', 'STATE', 'MEMBERS'], rows));
}

export async function describeGroups(
  context: CommandContext,
  names: readonly string[],
  options: GlobalOptions,
): Promise<void> {
  await withClient(options, async ({ admin, groupAdmin }) => {
    const topics = await TopicNames.ask(admin);
    const texts: string[] = [];
    const values: unknown[] = [];
    for (const name of names) {
      const group = await groupAdmin.describeGroup(name);
      const [lag] = await groupAdmin.describeLag({ groups: [name] });
      texts.push(descriptionText(group, lag, topics));
      const partitionLags = lag === undefined ? undefined : lagJson(lag, 'partitions');
      values.push({ ...group, members: group.memberDetails, lag: partitionLags });
    }
    if (options.output === 'json') printJson(context, values.length === 1 ? values[0] : values);
    else context.out.text(texts.join('\n'));
  });
}

export async function describeMembers(
  context: CommandContext,
  name: string,
  options: GlobalOptions,
): Promise<void> {
  await withClient(options, async ({ admin, groupAdmin }) => {
    const { memberDetails } = await groupAdmin.describeGroup(name);
    if (options.output === 'json') printJson(context, memberDetails);
    else context.out.text(memberTable(memberDetails, await TopicNames.ask(admin)));
  });
}

/** Stops at the first group that cannot be deleted; those before it are gone. */
export async function deleteGroups(
  context: CommandContext,
  names: readonly string[],
  options: GlobalOptions,
): Promise<void> {
  await withClient(options, async ({ groupAdmin }) => {
    for (const group of names) {
      await groupAdmin.deleteGroup(group);
      if (options.output === 'json') printJson(context, { group, deleted: true });
      else context.out.text(`${group}: deleted\n`);
    }
  });
}

function descriptionText(
  group: GroupDescription,
  lag: GroupLag | undefined,
  topics: TopicNames,
): string {
  const { condition, epoch, assignor, memberDetails, lastResetMs, declared } = group;
  const facts: (readonly [string, string])[] = [
    ['name', group.group],
    ['state', condition],
    ['epoch', String(epoch)],
    ['assignor', assignor],
  ];
  if (lag !== undefined) {
    facts.push(['lag', `${recordsOf(lag)} records, oldest ${timeOf(lag)}: ${lag.verdict}`]);
  }
  if (declared !== undefined)
    facts.push(['declared', declared?.paused === true ? 'paused' : 'yes']);
  if (lastResetMs !== undefined) {
    facts.push(['last reset', `${new Date(lastResetMs).toISOString()} (can be undone)`]);
  }
  const parts = [facts.map(([what, value]) => `${what.padEnd(12)}${value}\n`).join('')];
  if (memberDetails.length > 0) parts.push(memberTable(memberDetails, topics));
  if (lag !== undefined && lag.partitionLags.length > 0) {
    parts.push(partitionTable(lag.partitionLags));
  }
  return parts.join('\n');
}

function memberTable(members: readonly GroupMember[], topics: TopicNames): string {
  const rows = members.map((member) => [
    member.memberId,
    member.instanceId === '' ? '-' : member.instanceId,
    member.clientId === '' ? '-' : member.clientId,
    member.state,
    member.assigned.length,
    topics.text(member.assigned),
  ]);
  return table(['MEMBER', 'INSTANCE', 'CLIENT', 'STATE', 'PARTITIONS', 'HAS'], rows);
}
