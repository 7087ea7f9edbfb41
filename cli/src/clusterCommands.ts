/** The commands for a cluster of several brokers; as in program.ts, each is imported only when it runs. */
import type { Command } from 'commander';
import type { CommandContext, GlobalOptions } from './commandContext.ts';
import type { BrokerVerb } from './commands/broker.ts';
import type { ElectOptions } from './commands/leader.ts';
import type { PartitionsOptions } from './commands/partitions.ts';
import type { CancelOptions, PlanOptions } from './commands/reassign.ts';
import type { StatusOptions } from './commands/reassignStatus.ts';
import { parseRate } from './optionValues.ts';
import { collectBrokers, parseBrokerId, parseCopy, parsePartition } from './partitionName.ts';

export function addClusterCommands(program: Command, context: () => CommandContext): void {
  addPartitions(program, context);
  addBroker(program, context);
  addReassign(program, context);
  addLeader(program, context);
}

function addPartitions(program: Command, context: () => CommandContext): void {
  program
    .command('partitions')
    .description('leaders, replicas and copies of partitions')
    .command('describe')
    .description('who leads, holds and is in sync')
    .argument('[topic...]', 'default: all')
    .option('--leaderless', 'only those that nobody leads')
    .option('--under-replicated', 'only those of which a replica is not in sync')
    .option('--under-min-isr', 'only those that take no records with acks=all')
    .option('--copies', 'the copies that live brokers hold, with their ends')
    .action(async (topics: string[], _options: unknown, command: Command) => {
      const { describePartitions } = await import('./commands/partitions.ts');
      await describePartitions(context(), topics, command.optsWithGlobals<PartitionsOptions>());
    });
}

const BROKER_VERBS: readonly [BrokerVerb, string][] = [
  ['cordon', 'place no new partitions on a broker'],
  ['uncordon', 'let a broker take new partitions again'],
  ['drain', 'move leaders and replicas away from a broker'],
  ['undrain', 'end that; what has left stays where it is'],
];

function addBroker(program: Command, context: () => CommandContext): void {
  const broker = program.command('broker').description('list, drain and cordon brokers');
  broker
    .command('list')
    .description('brokers with their states, processes and loads')
    .action(async (_options: unknown, command: Command) => {
      const { listBrokers } = await import('./commands/broker.ts');
      await listBrokers(context(), command.optsWithGlobals<GlobalOptions>());
    });
  for (const [verb, description] of BROKER_VERBS) {
    broker
      .command(verb)
      .description(description)
      .argument('<broker>', 'its id', parseBrokerId)
      .action(async (brokerId: number, _options: unknown, command: Command) => {
        const { alterBroker } = await import('./commands/broker.ts');
        await alterBroker(context(), { verb, brokerId }, command.optsWithGlobals<GlobalOptions>());
      });
  }
}

const REASSIGN_HELP = `
Examples:
  millrace reassign plan flights --brokers 0,1,2
  millrace reassign plan flights -O json | millrace reassign apply -
  millrace reassign status --watch
  millrace reassign cancel flights:3`;

function addReassign(program: Command, context: () => CommandContext): void {
  const reassign = program
    .command('reassign')
    .description('move replicas to other brokers')
    .addHelpText('after', REASSIGN_HELP);
  reassign
    .command('plan')
    .description('what would move so that brokers hold topics evenly; changes nothing')
    .argument('<topic...>')
    .option(
      '-b, --brokers <id,...>',
      'who is to hold them; default: all but those down, cordoned or draining; repeatable',
      collectBrokers,
    )
    .option(
      '-r, --rate <bytes>',
      'what each broker copies per second, as 50MiB: says how long it takes',
      parseRate,
    )
    .action(async (topics: string[], _options: unknown, command: Command) => {
      const { planReassign } = await import('./commands/reassign.ts');
      await planReassign(context(), topics, command.optsWithGlobals<PlanOptions>());
    });
  reassign
    .command('apply')
    .description('begin what a plan says; new copies join before old ones go')
    .argument('<file>', 'what plan --output json printed; - is standard input')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { applyReassign } = await import('./commands/reassign.ts');
      await applyReassign(context(), file, command.optsWithGlobals<GlobalOptions>());
    });
  reassign
    .command('status')
    .description('what is under way, and how far it is')
    .option('-w, --watch', 'until nothing is left')
    .action(async (_options: unknown, command: Command) => {
      const { reassignStatus } = await import('./commands/reassignStatus.ts');
      await reassignStatus(context(), command.optsWithGlobals<StatusOptions>());
    });
  reassign
    .command('cancel')
    .description('stay with the present replicas')
    .argument('[topic[:partition]...]')
    .option('--all', 'all that are under way')
    .action(async (names: string[], _options: unknown, command: Command) => {
      const { cancelReassign } = await import('./commands/reassign.ts');
      await cancelReassign(context(), names, command.optsWithGlobals<CancelOptions>());
    });
}

function addLeader(program: Command, context: () => CommandContext): void {
  const leader = program.command('leader').description('move leaders; elect one by force');
  leader
    .command('move')
    .description('to another replica in sync')
    .argument('<topic:partition>')
    .argument('<broker>', 'its id', parseBrokerId)
    .action(async (name: string, brokerId: number, _options: unknown, command: Command) => {
      const { moveLeader } = await import('./commands/leader.ts');
      const move = { ...parsePartition(name), brokerId };
      await moveLeader(context(), move, command.optsWithGlobals<GlobalOptions>());
    });
  leader
    .command('elect-unclean')
    .description('let a copy lead that may lack acknowledged records; they are lost')
    .argument('<topic:partition>')
    .argument('<broker:copy>', 'as partitions describe --copies shows it')
    .option('-y, --yes', 'without asking')
    .action(async (name: string, copy: string, _options: unknown, command: Command) => {
      const { electUnclean } = await import('./commands/leader.ts');
      const election = { ...parsePartition(name), copy: parseCopy(copy) };
      await electUnclean(context(), election, command.optsWithGlobals<ElectOptions>());
    });
}
