/**
 * The operator process: waits for its Lease, works while it holds it, and ends when it is lost, for another one works
 * then. The only place that reads the environment and exits. Run through start.js.
 *
 * Exit codes: 0 after a stop, 1 if it can't go on, 2 for a wrong command line.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { helpText } from '@millrace/core/configDocs';
import { OPERATOR_TABLE } from '@millrace/core/operatorConfig';
import { flagOptions, resolveConfig } from '@millrace/core/resolveConfig';
import { ClusterAccess } from '@millrace/kube/clusterAccess';
import { KubeClient } from '@millrace/kube/kubeClient';
import { KubeConnection } from '@millrace/kube/kubeConnection';
import { LeaderElection } from '@millrace/kube/leaderElection';
import { applyDeclared } from './declaredCluster.ts';
import { startHttpServer } from './http/httpServer.ts';
import { createLogger } from './logger.ts';
import { Metrics } from './metrics.ts';
import { Operator } from './operator.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** A watch that is silent for so long hangs: quiet ones are renewed every few minutes. */
const SILENT_MS_MAX = 15 * 60_000;
const STOP_MS_MAX = 8000;
const DECLARE_RETRY_MS = 1000;

const { version } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8'),
) as { version: string };
const { config, warnings } = configure();
const logger = createLogger(
  config.logLevel,
  process.env.MILLRACE_LOG_FORMAT === 'json' ? 'json' : 'text',
  (line) => process.stderr.write(line),
);
for (const warning of warnings) logger.warn(warning);
process.on('uncaughtException', (error) => crash('uncaught exception', error));
process.on('unhandledRejection', (error) => crash('unhandled rejection', error));

const access = ClusterAccess.default();
const namespace = config.namespace || access.namespace || 'default';
const identity = `${config.podName || hostname()}_${randomBytes(4).toString('hex')}`;
let operator: Operator | undefined;
let isWorking = false;
const metrics = new Metrics({
  depth: () => operator?.depth ?? 0,
  silentMs: () => operator?.silentMs ?? 0,
});
const connection = new KubeConnection(access, {
  userAgent: `millrace-operator/${version}`,
  onCall: (method, status, durationMs) => metrics.called(method, status, durationMs),
});
const client = new KubeClient(connection);
const http = await startHttpServer({
  host: config.host,
  port: config.httpPort,
  registry: metrics.registry,
  dead: () =>
    (operator?.silentMs ?? 0) > SILENT_MS_MAX ? 'a watch has been silent for long' : undefined,
  // The one that waits is ready too: it can take over at once.
  unready: () => (election.isLeader && !isWorking ? 'reading the state' : undefined),
}).catch((error: unknown) => crash('the HTTP port cannot be bound', error));
const election = new LeaderElection({
  client,
  namespace,
  name: config.leaseName,
  identity,
  leaseDurationMs: config.leaseDurationMs,
  renewDeadlineMs: config.leaseRenewDeadlineMs,
  retryMs: config.leaseRetryMs,
  onElected: () => {
    work().catch((error: unknown) => crash('the operator cannot work', error));
  },
  onLost: () => crash('the Lease is lost', new Error('another operator is active')),
  onFailed: (cause) => logger.warn('the Lease cannot be renewed', { cause: cause.message }),
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
process.stdout.write(
  `${JSON.stringify({ event: 'started', version, namespace, identity, port: http.port })}\n`,
);

async function work(): Promise<void> {
  logger.info('this operator is active', { namespace, identity });
  metrics.active();
  operator = new Operator({
    config,
    namespace,
    instance: config.podName || hostname(),
    client,
    logger,
    metrics: () => metrics,
  });
  await operator.start();
  isWorking = true;
  if (config.declaredCluster !== '') await declare();
}

/** Again and again: the kind may be younger than this process, and the Cluster may go with an older installation. */
async function declare(): Promise<never> {
  const file = config.declaredCluster;
  for (;;) {
    let nextMs: number = config.resyncMs;
    try {
      const isNew = await applyDeclared(client, namespace, file);
      if (isNew) logger.info('the Cluster of the installation is applied', { file });
    } catch (error) {
      logger.warn('the Cluster of the installation is not applied', { cause: String(error) });
      nextMs = DECLARE_RETRY_MS;
    }
    await new Promise((resolve) => setTimeout(resolve, nextMs));
  }
}

let isStopping = false;

function stop(reason: string): void {
  if (isStopping) return;
  isStopping = true;
  logger.info('stopping', { reason });
  setTimeout(() => process.exit(EXIT_FAILED), STOP_MS_MAX).unref();
  stopAll().then(
    () => process.exit(0),
    (error: unknown) => crash('the stop failed', error),
  );
}

/** The Lease last: nobody may begin while this one still writes. */
async function stopAll(): Promise<void> {
  await operator?.stop();
  await election.stop();
  await http.close();
  await connection.close();
}

function configure() {
  try {
    const { values } = parseArgs({
      options: {
        ...flagOptions(OPERATOR_TABLE),
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    const { help, version: showVersion, ...flags } = values;
    if (help === true) {
      process.stdout.write(
        `Usage: operator [options]\n\nRuns the operator of Millrace.\n\n${helpText(OPERATOR_TABLE)}\n`,
      );
      process.exit(0);
    }
    if (showVersion === true) {
      process.stdout.write(`${version}\n`);
      process.exit(0);
    }
    return resolveConfig(OPERATOR_TABLE, {
      env: process.env,
      flags: flags as Record<string, string | undefined>,
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(EXIT_USAGE);
  }
}

function crash(what: string, error: unknown): never {
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  logger.error(what, { cause });
  process.exit(EXIT_FAILED);
}
