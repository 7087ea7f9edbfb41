/** `millrace group reset`: shown first, done with --execute. The coordinator refuses both for a group with members. */
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { planReset } from '../group/resetPlan.ts';
import { type ResetRow, resetRows, resetTable } from '../group/resetTable.ts';
import { resetTarget, type TargetOptions } from '../group/resetTarget.ts';
import { TopicNames } from '../group/topicNames.ts';
import { UsageError } from '../usageError.ts';

export interface ResetOptions extends GlobalOptions, TargetOptions {
  readonly topic?: readonly string[];
  readonly execute?: boolean;
}

export async function resetGroup(
  context: CommandContext,
  group: string,
  options: ResetOptions,
): Promise<void> {
  const target = resetTarget(options, context.nowMs());
  const dryRun = options.execute !== true;
  const scope = options.topic ?? [];
  if (target.kind === 'undo' && scope.length > 0) {
    throw new UsageError('--undo puts back all that the last reset changed: leave --topic out');
  }
  const rows = await withClient(options, async (client) => {
    const { groupAdmin } = client;
    const names = await TopicNames.ask(client.admin);
    if (target.kind === 'undo') {
      return resetRows(group, await groupAdmin.undoReset(group, { dryRun }), names);
    }
    const offsets = await planReset(client, names, group, target, scope);
    return resetRows(group, await groupAdmin.resetOffsets(group, offsets, { dryRun }), names);
  });
  printResets(context, options, rows);
}

export function printResets(
  context: CommandContext,
  options: GlobalOptions & { readonly execute?: boolean },
  rows: readonly ResetRow[],
): void {
  const executed = options.execute === true;
  if (options.output === 'json') {
    printJson(context, { executed, offsets: rows });
    return;
  }
  const done = executed ? 'done' : 'nothing is changed yet: --execute does it';
  context.out.text(`${resetTable(rows)}\n${rows.length} offsets: ${done}\n`);
}
