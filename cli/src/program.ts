/**
 * The tree of commands: names, options and help. What a command does is imported only when it runs, so that --help and
 * completion stay quick.
 */
import { Argument, Command, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addClusterCommands } from './clusterCommands.ts';
import type { CommandContext, GlobalOptions } from './commandContext.ts';
import { addGroupCommands } from './groupCommands.ts';
import { collect, collectPartitions, wholeNumber } from './optionValues.ts';
import { parseDuration } from './range/timeExpression.ts';
import type {
  AlterOptions,
  CreateOptions,
  DeleteRecordsOptions,
  ListOptions,
} from './commands/topic.ts';
import type { ConsumeOptions } from './commands/consume.ts';
import type { ProduceOptions } from './commands/produce.ts';

const INT32_MAX = 2 ** 31 - 1;
const DEFAULT_SERVER = '127.0.0.1:7071';

export interface HelpOutput {
  /** Help that was asked for. */
  readonly writeOut: (text: string) => void;
  /** Help in place of an error. */
  readonly writeErr: (text: string) => void;
}

const PROGRAM_HELP = `
Exit codes: 0 done, 1 failed, 2 wrong usage.
Completion: source <(millrace completion bash), or zsh, fish, powershell.`;

/** Parsing it runs a command. `context` is asked for only then. */
export function buildProgram(context: () => CommandContext, help: HelpOutput): Command {
  const program = new Command('millrace');
  program
    .description('Produce, consume and administer topics of a Millrace cluster.')
    .configureOutput({ ...help, outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .version(manifest.version, '-V, --version')
    .addHelpText('after', PROGRAM_HELP)
    .addOption(
      new Option(
        '--server <host:port>',
        'any broker; several, separated by commas, are tried in turn',
      )
        .env('MILLRACE_SERVER')
        .default(DEFAULT_SERVER),
    )
    .addOption(
      new Option('-O, --output <format>', 'what people or scripts read')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(
      new Option(
        '--timeout <duration>',
        'for each request and each record sent: 500ms, 10s, 1m',
      ).argParser(parseDuration),
    )
    .option('--no-progress', 'no progress on a terminal');
  addTopicCommands(program, context);
  addProduce(program, context);
  addConsume(program, context);
  addQuery(program, context);
  addCluster(program, context);
  addClusterCommands(program, context);
  addGroupCommands(program, context);
  return program;
}

function addTopicCommands(program: Command, context: () => CommandContext): void {
  const topic = program
    .command('topic')
    .description('create, list, describe, alter and delete topics');
  topic
    .command('create')
    .description('create topics; one that exists with the same shape is a success')
    .argument('<topic...>')
    .option('-p, --partitions <n>', 'number of partitions', wholeNumber(1, INT32_MAX))
    .option('-r, --replication-factor <n>', 'number of replicas', wholeNumber(1, INT32_MAX))
    .option('-c, --config <key=value>', 'a setting (docs/CONFIGURATION.md); repeatable', collect)
    .option('--validate-only', 'check only')
    .action(async (topics: string[], _options: unknown, command: Command) => {
      const { createTopics } = await import('./commands/topic.ts');
      await createTopics(context(), topics, command.optsWithGlobals<CreateOptions>());
    });
  topic
    .command('list')
    .description('list topics')
    .option('--internal', 'with internal ones')
    .action(async (_options: unknown, command: Command) => {
      const { listTopics } = await import('./commands/topic.ts');
      await listTopics(context(), command.optsWithGlobals<ListOptions>());
    });
  topic
    .command('describe')
    .description('settings, leaders, replicas and offsets of topics')
    .argument('<topic...>')
    .action(async (topics: string[], _options: unknown, command: Command) => {
      const { describeTopics } = await import('./commands/topic.ts');
      await describeTopics(context(), topics, command.optsWithGlobals<GlobalOptions>());
    });
  topic
    .command('alter')
    .description('add partitions, change settings')
    .argument('<topic>')
    .option(
      '-p, --partitions <n>',
      'the new number of partitions; it only grows',
      wholeNumber(1, INT32_MAX),
    )
    .option('-c, --config <key=value>', 'a setting; repeatable', collect)
    .option('-u, --unset <key>', 'a setting that goes back to its default; repeatable', collect)
    .option('--validate-only', 'check only')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { alterTopic } = await import('./commands/topic.ts');
      await alterTopic(context(), name, command.optsWithGlobals<AlterOptions>());
    });
  topic
    .command('delete')
    .description('delete topics and their data')
    .argument('<topic...>')
    .action(async (topics: string[], _options: unknown, command: Command) => {
      const { deleteTopics } = await import('./commands/topic.ts');
      await deleteTopics(context(), topics, command.optsWithGlobals<GlobalOptions>());
    });
  topic
    .command('delete-records')
    .description('delete the records of a partition before an offset, for good')
    .argument('<topic>')
    .requiredOption('-p, --partition <n>', 'the partition', wholeNumber(0, INT32_MAX))
    .requiredOption(
      '-b, --before <offset>',
      'the first offset that stays, or "end" for none; records that share its batch stay too',
      (text) => (text === 'end' ? text : wholeNumber(0, Number.MAX_SAFE_INTEGER)(text)),
    )
    .action(async (name: string, _options: unknown, command: Command) => {
      const { deleteRecords } = await import('./commands/topic.ts');
      await deleteRecords(context(), name, command.optsWithGlobals<DeleteRecordsOptions>());
    });
}

const PRODUCE_HELP = `
Delimiters take \\n \\r \\t \\0 \\\\ and \\xNN. Without -D, a record ends at \\n and an empty line is an empty record.

Examples:
  seq 1000 | millrace produce numbers
  millrace produce flights -K: -z zstd flights.txt
  echo 'k:' | millrace produce compacted -K: -Z          a tombstone
  millrace consume a -J -e | millrace produce b -J       an exact copy`;

function addProduce(program: Command, context: () => CommandContext): void {
  program
    .command('produce')
    .description('send records: one a line, from files or standard input')
    .argument('<topic>')
    .argument('[file...]', 'read in turn; - is standard input')
    .option('-k, --key <key>', 'key of records that bring none')
    .option('-K, --key-delimiter <text>', 'what separates key and value in a line')
    .option(
      '-H, --header <name=value>',
      'a header of every record; a name alone: null; repeatable',
      collect,
    )
    .option(
      '-p, --partition <n>',
      'for every record; -1: as the key says',
      wholeNumber(-1, INT32_MAX),
    )
    .addOption(
      new Option('-z, --compression <codec>', 'of batches')
        .choices(['none', 'gzip', 'zstd'])
        .default('none'),
    )
    .option('-Z, --null', 'send empty values, and with -K empty keys, as null')
    .option('-D, --delimiter <text>', 'what ends a record', '\\n')
    .option('-J, --json', 'read what consume -J prints')
    .option(
      '-c, --count <n>',
      'stop after this many records',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('-l, --lines', 'read files by lines, which is always so (kcat)')
    .addOption(
      new Option('--acks <acks>', 'when a record counts as sent')
        .choices(['none', 'leader', 'all'])
        .default('all'),
    )
    .option(
      '--no-idempotence',
      'fail what may have been stored, for want of an answer, in place of sending it again without doubling it; always so with --acks none and leader',
    )
    .option('--receipts', 'print "partition offset" for each record as it is acknowledged')
    .addHelpText('after', PRODUCE_HELP)
    .action(async (topic: string, files: string[], _options: unknown, command: Command) => {
      const { produce } = await import('./commands/produce.ts');
      await produce(context(), { topic, files }, command.optsWithGlobals<ProduceOptions>());
    });
}

const CONSUME_HELP = `
Offsets:
  start  end  N  +N  -N         N after the start, N before the end
  N:M  :M  N:end  -N:end        a range; its end is excluded
  @T  @T:  @:T  @T1:T2          by time: milliseconds since 1970, 2022-02-14, 2022-02-14T10:00:00Z, -1h30m
A range ends at the present end of the log at the latest.
With -g: start, end or @T, for partitions of which the group has committed nothing.

Format tokens:
  %s %S value, its length (null: -1)    %k %K key, its length    %h headers as name=value,...
  %R    length as big-endian int32      %t %p %o %T topic, partition, offset, timestamp in ms    %%  \\n \\t \\xNN

Examples:
  millrace consume flights -o -10 -e
  millrace consume flights -o @-1h:end -f '%k\\t%s\\n'
  millrace consume flights -J -e | jq -r .payload
  millrace consume flights -g billing                    one of its members`;

function addConsume(program: Command, context: () => CommandContext): void {
  program
    .command('consume')
    .description('print records, and follow the topic unless told otherwise')
    .argument('<topic>')
    .option('-o, --offset <offset>', 'where to start and stop; default: start', collect)
    .option('-p, --partition <n,...>', 'only these partitions; repeatable', collectPartitions)
    .option(
      '-c, --count <n>',
      'stop after this many records',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('-e, --exit', 'stop at the end of the topic')
    .option(
      '-g, --group <group>',
      'as a member of this group: print what it is given, commit what was printed',
    )
    .option('--instance-id <id>', 'with -g: keep the place in the group over restarts')
    .addOption(
      new Option(
        '--session-timeout <duration>',
        'with -g: others take over from a member that is silent for so long; default: 45s',
      ).argParser(parseDuration),
    )
    .option('-f, --format <format>', 'how to print a record; default: its value and \\n')
    .option('-K, --key-delimiter <text>', 'print the key and this before the value')
    .option('-D, --delimiter <text>', 'what ends a record; default: \\n')
    .option('-Z, --null', 'print null keys and values as NULL')
    .option('-J, --json', 'print an exact JSON envelope, one a line; as --output json')
    .addHelpText('after', CONSUME_HELP)
    .action(async (topic: string, _options: unknown, command: Command) => {
      const { consume } = await import('./commands/consume.ts');
      await consume(context(), topic, command.optsWithGlobals<ConsumeOptions>());
    });
}

const QUERY_HELP = `
TIME is start, end, or a time as in consume -o: milliseconds since 1970, 2022-02-14, 2022-02-14T10:00:00Z, -1h30m.
Without it, both ends of each partition are shown. An empty PARTITION means all.

Examples:
  millrace query flights
  millrace query flights:0:-1h
  millrace query flights::2022-02-14T10:00:00Z`;

function addQuery(program: Command, context: () => CommandContext): void {
  program
    .command('query')
    .description('offsets of partitions by time')
    .argument('<topic[:partition[:time]]...>')
    .addHelpText('after', QUERY_HELP)
    .action(async (targets: string[], _options: unknown, command: Command) => {
      const { queryOffsets } = await import('./commands/query.ts');
      await queryOffsets(context(), targets, command.optsWithGlobals<GlobalOptions>());
    });
}

function addCluster(program: Command, context: () => CommandContext): void {
  program
    .command('cluster')
    .description('cluster id, brokers and their endpoints')
    .addArgument(new Argument('[what]').choices(['describe']))
    .action(async (_what: string | undefined, _options: unknown, command: Command) => {
      const { describeCluster } = await import('./commands/cluster.ts');
      await describeCluster(context(), command.optsWithGlobals<GlobalOptions>());
    });
}
