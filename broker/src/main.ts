/**
 * The broker process: reads flags, environment and file, starts, says where it listens, stops on SIGTERM and SIGINT.
 * The only place that reads the environment and exits. Run through start.js.
 *
 * Exit codes: 0 after a clean stop, 1 if it can't start or its disk failed, 2 for a wrong command line.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BROKER_TABLE } from '@millrace/core/brokerConfig';
import { helpText } from '@millrace/core/configDocs';
import { toMillraceError } from '@millrace/core/errors';
import { flagOptions, resolveConfig } from '@millrace/core/resolveConfig';
import { createLogger } from './io/logger.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** A stop that takes longer has lost its disk: the next boot recovers as after a kill. */
const STOP_MS_MAX = 110_000;

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

const { startBroker } = await import('./broker.ts');
const broker = await startBroker({
  config,
  version,
  logger,
  discardLostJournal: flags['discard-journal'] === true,
  onSuperseded: (error) => crash('another process has this broker id', error),
  onStorageFailed: (error) => crash('the disk failed; stopping without the clean marker', error),
}).catch((error: unknown) => fail(toMillraceError(error).message, EXIT_FAILED));

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping', { signal });
    setTimeout(() => fail('the stop took too long', EXIT_FAILED), STOP_MS_MAX).unref();
    broker.stop().then(
      () => process.exit(0),
      (error: unknown) => crash('the stop failed', error),
    );
  });
}
// Not before: whoever reads it may send the signal at once.
announce();

function configure() {
  try {
    const { values } = parseArgs({
      options: {
        ...flagOptions(BROKER_TABLE),
        config: { type: 'string' },
        'discard-journal': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    const {
      help,
      config: file,
      'discard-journal': discard,
      version: showVersion,
      ...rest
    } = values;
    if (help === true) {
      process.stdout.write(
        `Usage: npm start -- [options]\n\nRuns a Millrace broker.\n\n${helpText(BROKER_TABLE)}\n`,
      );
      process.exit(0);
    }
    if (showVersion === true) {
      process.stdout.write(`${version}\n`);
      process.exit(0);
    }
    return {
      flags: { 'discard-journal': discard },
      configuration: resolveConfig(BROKER_TABLE, {
        file: typeof file === 'string' ? JSON.parse(readFileSync(file, 'utf8')) : undefined,
        env: process.env,
        flags: rest as Record<string, string | undefined>,
      }),
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
