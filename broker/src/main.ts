/**
 * The broker process: reads flags, environment and file, starts, says where it listens, stops on SIGTERM and SIGINT. With
 * `--brokers N` it starts N such processes instead. The only place that reads the environment and exits. Run through
 * start.js.
 *
 * Exit codes: 0 after a clean stop, 1 if it can't start or its disk failed, 2 for a wrong command line.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BROKER_TABLE } from '@millrace/core/brokerConfig';
import { helpText } from '@millrace/core/configDocs';
import { toMillraceError } from '@millrace/core/errors';
import { flagOptions, resolveConfig } from '@millrace/core/resolveConfig';
import type { RunningBroker } from './broker.ts';
import { createLogger } from './io/logger.ts';
import { withPodSettings } from './podSettings.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** As if the signal had ended it. */
const EXIT_STOPPED_EARLY = 143;
/** A stop that takes longer has lost its disk: the next boot recovers as after a kill. */
const STOP_MS_MAX = 110_000;
const BROKERS_HELP = `  --brokers <number>
      Runs a cluster of so many brokers on this machine, a process each; every port rises by 10 from one to the next.
      Default 1.
`;

const { version } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8'),
) as { version: string };
const json = process.env.MILLRACE_LOG_FORMAT === 'json';

const { flags, configuration } = configure();
const { config } = configuration;
const logger = createLogger(
  config.logLevel,
  json ? 'json' : 'text',
  (line) => process.stderr.write(line),
  () => new Date(),
);
for (const warning of configuration.warnings) logger.warn(warning);
process.on('uncaughtException', (error) => crash('uncaught exception', error));
process.on('unhandledRejection', (error) => crash('unhandled rejection', error));

if (flags.brokers !== 1) {
  const { supervise } = await import('./supervisor.ts');
  const code = await supervise({
    brokers: flags.brokers,
    config,
    version,
    args: process.argv.slice(1),
    format: json ? 'json' : 'text',
    write: (line) => process.stdout.write(`${line}\n`),
    writeDiagnostics: (line) => process.stderr.write(`${line}\n`),
  }).catch((error: unknown) => fail(toMillraceError(error).message, EXIT_USAGE));
  process.exit(code);
}

const supervision = flags.supervised
  ? (await import('./supervised.ts')).watchSupervisor()
  : undefined;
let running: RunningBroker | undefined;
let stopping = false;
// From the beginning: the first process of a container ignores what it has no handler for. Any other one just ends.
if (process.pid === 1) stopOnSignals();
const { startBroker } = await import('./broker.ts');
const broker = await startBroker({
  config,
  version,
  logger,
  discardLostJournal: flags.discardJournal,
  onRefused: (error) => crash('the cluster store can not be used', error),
  onSuperseded: (error) => crash('another process has this broker id', error),
  onStorageFailed: (error) => crash('the disk failed; stopping without the clean marker', error),
}).catch((error: unknown) => fail(toMillraceError(error).message, EXIT_FAILED));

running = broker;
if (process.pid !== 1) stopOnSignals();
// Not before: whoever reads it may send the signal at once.
if (supervision === undefined) announce();
else supervision.ready(broker.brokerId, { ...broker.ports });
void supervision?.gone.then(() => stop('the supervisor is gone'));

function stopOnSignals(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
}

function stop(reason: string): void {
  if (stopping) return;
  stopping = true;
  logger.info('stopping', { reason });
  // What it has begun is left as after a kill.
  if (running === undefined) process.exit(EXIT_STOPPED_EARLY);
  setTimeout(() => fail('the stop took too long', EXIT_FAILED), STOP_MS_MAX).unref();
  running.stop().then(
    () => process.exit(0),
    (error: unknown) => crash('the stop failed', error),
  );
}

function configure() {
  try {
    const { values } = parseArgs({
      options: {
        ...flagOptions(BROKER_TABLE),
        config: { type: 'string' },
        'discard-journal': { type: 'boolean' },
        brokers: { type: 'string' },
        supervised: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    const {
      help,
      config: file,
      'discard-journal': discard,
      brokers,
      supervised,
      version: showVersion,
      ...rest
    } = values;
    if (help === true) {
      process.stdout.write(
        `Usage: npm start -- [options]\n\nRuns a Millrace broker.\n\n${BROKERS_HELP}\n${helpText(BROKER_TABLE)}\n`,
      );
      process.exit(0);
    }
    if (showVersion === true) {
      process.stdout.write(`${version}\n`);
      process.exit(0);
    }
    const resolved = resolveConfig(BROKER_TABLE, {
      file: typeof file === 'string' ? JSON.parse(readFileSync(file, 'utf8')) : undefined,
      env: process.env,
      flags: rest as Record<string, string | undefined>,
    });
    const config = withPodSettings(resolved.config, resolved.sources, hostname());
    const number = Number(brokers ?? 1);
    if (number !== 1 && resolved.sources.brokerId !== 'default') {
      throw new Error('--brokers numbers the brokers itself, from 0: leave the broker id out');
    }
    return {
      flags: {
        brokers: number,
        discardJournal: discard === true,
        supervised: supervised === true,
      },
      configuration: { ...resolved, config },
    };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), EXIT_USAGE);
  }
}

function announce(): void {
  const { ports, brokerId } = broker;
  if (json) {
    process.stdout.write(`${JSON.stringify({ event: 'ready', brokerId, ports })}\n`);
    return;
  }
  const { host, dataDir } = config;
  process.stdout.write(
    `millrace ${version}: broker ${brokerId} is ready\n` +
      `  clients   ${host}:${ports.client} (gRPC), data port ${ports.data}\n` +
      `  health    http://${host}:${ports.http}/readyz, metrics at /metrics\n` +
      `  data      ${path.resolve(dataDir)}\n`,
  );
}

function crash(what: string, error: unknown): never {
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  logger.error(what, { cause });
  process.exit(EXIT_FAILED);
}

function fail(message: string, code: number): never {
  process.stderr.write(`millrace: ${message}\n`);
  process.exit(code);
}
