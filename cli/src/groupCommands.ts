/** The commands for groups of consumers; as in program.ts, each is imported only when it runs. */
import { type Command, Option } from 'commander';
import type { CommandContext, GlobalOptions } from './commandContext.ts';
import type { LagOptions } from './commands/groupLag.ts';
import type { ResetOptions } from './commands/groupReset.ts';
import type { TopOptions } from './commands/groupTop.ts';
import type { ImportOptions } from './commands/groupTransfer.ts';
import { TOP_ORDERS } from './group/topFrame.ts';
import { collect, wholeNumber } from './optionValues.ts';
import { parseDuration } from './range/timeExpression.ts';

type Context = () => CommandContext;

export function addGroupCommands(program: Command, context: Context): void {
  const group = program
    .command('group')
    .description('list, describe and reset groups of consumers; see how far they are behind');
  addReading(group, context);
  addLag(group, context);
  addDelete(group, context);
  addReset(group, context);
  addTransfer(group, context);
}

function addReading(group: Command, context: Context): void {
  group
    .command('list')
    .description('groups, their states and numbers of members')
    .action(async (_options: unknown, command: Command) => {
      const { listGroups } = await import('./commands/group.ts');
      await listGroups(context(), command.optsWithGlobals<GlobalOptions>());
    });
  group
    .command('describe')
    .description('state, members, offsets and lag of groups')
    .argument('<group...>')
    .action(async (groups: string[], _options: unknown, command: Command) => {
      const { describeGroups } = await import('./commands/group.ts');
      await describeGroups(context(), groups, command.optsWithGlobals<GlobalOptions>());
    });
  group
    .command('members')
    .description('who is in a group, and what each one has')
    .argument('<group>')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { describeMembers } = await import('./commands/group.ts');
      await describeMembers(context(), name, command.optsWithGlobals<GlobalOptions>());
    });
}

const LAG_HELP = `
Verdicts of the last two minutes: OK; WARN: lag grows; STALL: no progress although there is lag; STOP: the same, without
an owner, and lag grows; REWIND: the committed offset went back; UNKNOWN: not measured, or not for long enough.`;

function addLag(group: Command, context: Context): void {
  group
    .command('lag')
    .description('how far groups are behind, in records and in time, and whether they get on')
    .argument('[group...]', 'with their partitions; default: all, without')
    .option('--partitions', 'the partitions of all groups, too')
    .addHelpText('after', LAG_HELP)
    .action(async (groups: string[], _options: unknown, command: Command) => {
      const { groupLag } = await import('./commands/groupLag.ts');
      await groupLag(context(), groups, command.optsWithGlobals<LagOptions>());
    });
  group
    .command('top')
    .description('lag of groups as it changes; q ends it, s sorts by something else')
    .argument('[group...]', 'default: all')
    .option('-i, --interval <duration>', 'between two looks, 1s at least', parseDuration, 2000)
    .addOption(
      new Option('-s, --sort <order>', 'what comes first').choices(TOP_ORDERS).default('lag'),
    )
    .option('-n, --rows <n>', 'groups at most', wholeNumber(1, 10_000))
    .option('--once', 'one look, as where the output is no terminal')
    .action(async (groups: string[], _options: unknown, command: Command) => {
      const { groupTop } = await import('./commands/groupTop.ts');
      await groupTop(context(), groups, command.optsWithGlobals<TopOptions>());
    });
}

function addDelete(group: Command, context: Context): void {
  group
    .command('delete')
    .description('delete groups without members, and their offsets')
    .argument('<group...>')
    .action(async (groups: string[], _options: unknown, command: Command) => {
      const { deleteGroups } = await import('./commands/group.ts');
      await deleteGroups(context(), groups, command.optsWithGlobals<GlobalOptions>());
    });
}

const RESET_HELP = `
Without --execute it shows what would change, and what it would be refused for: a group with members is. Offsets beyond
the ends of a partition become those ends. What the last reset overwrote comes back with --undo, once.

Examples:
  millrace group reset billing --to-time -1h
  millrace group reset billing --shift -100 --topic orders:0 --execute
  millrace group reset billing --from-group billing-old --execute
  millrace group reset billing --undo --execute`;

function addReset(group: Command, context: Context): void {
  group
    .command('reset')
    .description('let a group without members go on elsewhere')
    .argument('<group>')
    .option('--to-earliest', 'at the earliest records')
    .option('--to-latest', 'at the end')
    .option('--to-time <time>', 'at the first records since then: 2022-02-14T10:00:00Z, -1h30m')
    .option('--to-offset <n>', 'at this offset', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option(
      '--shift <n>',
      'by so many records from where it is, back if negative',
      wholeNumber(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    )
    .option('--from-group <group>', 'where that group is')
    .option('--undo', 'where it was before the last reset')
    .option(
      '-t, --topic <topic[:partition]>',
      'only these; default: all it has; repeatable',
      collect,
    )
    .option('--execute', 'do it')
    .addHelpText('after', RESET_HELP)
    .action(async (name: string, _options: unknown, command: Command) => {
      const { resetGroup } = await import('./commands/groupReset.ts');
      await resetGroup(context(), name, command.optsWithGlobals<ResetOptions>());
    });
}

const IMPORT_HELP = `
A line for each partition: {"group":"g","topic":"t","partition":0,"offset":42}
Without --execute it only shows what would change. Every line is checked before anything is changed.`;

function addTransfer(group: Command, context: Context): void {
  group
    .command('export')
    .description('print the offsets of groups, a line of JSON each, as import reads them')
    .argument('[group...]', 'default: all')
    .action(async (groups: string[], _options: unknown, command: Command) => {
      const { exportGroups } = await import('./commands/groupTransfer.ts');
      await exportGroups(context(), groups, command.optsWithGlobals<GlobalOptions>());
    });
  group
    .command('import')
    .description('set offsets of groups without members from a file')
    .argument('<file>', 'what export printed; - is standard input')
    .option('--execute', 'do it')
    .addHelpText('after', IMPORT_HELP)
    .action(async (file: string, _options: unknown, command: Command) => {
      const { importGroups } = await import('./commands/groupTransfer.ts');
      await importGroups(context(), file, command.optsWithGlobals<ImportOptions>());
    });
}
