/**
 * One broker from its configuration to its listeners and back: starts in the order in which each part needs the one
 * before, stops in the reverse. Only main.ts and tests make one.
 */
import path from 'node:path';
import { millraceError } from '@millrace/core/errors';
import { toBrokerId } from '@millrace/core/ids';
import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { YoungGarbage } from '@millrace/wire/youngGarbage';
import { Engine, joinCluster } from './engine/engine.ts';
import { DirectoryLock } from './io/directoryLock.ts';
import { EventLoopLag } from './io/eventLoopLag.ts';
import { paceGarbageCollection } from './io/gcPacing.ts';
import type { Logger } from './io/logger.ts';
import { NodeStorage } from './io/nodeStorage.ts';
import { resolveMemory } from './io/memoryBudget.ts';
import { systemClock } from './io/systemClock.ts';
import { systemRandom } from './io/systemRandom.ts';
import { DataDirectory } from './log/dataDirectory.ts';
import { LogDirectory } from './log/logDirectory.ts';
import { startClientServer } from './server/clientServer.ts';
import { ServerContext } from './server/context.ts';
import { startDataServer } from './server/dataServer.ts';
import { startHttpServer } from './server/httpServer.ts';
import { Metrics } from './server/metrics.ts';
import { openSqliteStore } from './store/sqliteStore.ts';

const CALLS_GRACE_MS = 5000;
/** Received and sent buffers that wait for the collector, beside what memoryBytes plans. */
const GARBAGE_BYTES = 64 * 2 ** 20;

export interface BrokerPorts {
  readonly client: number;
  readonly data: number;
  readonly http: number;
}

export interface RunningBroker {
  readonly brokerId: number;
  readonly clusterId: string;
  readonly ports: BrokerPorts;
  /** Drains, syncs, leaves the marker. After a storage failure it leaves none. */
  stop(): Promise<void>;
}

export interface BrokerOptions {
  readonly config: BrokerConfig;
  readonly version: string;
  readonly logger: Logger;
  readonly discardLostJournal: boolean;
  /** The disk failed: the process must exit, and not as after a clean stop. */
  readonly onStorageFailed: (error: Error) => void;
}

export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { config, version, logger } = options;
  checkLimits(config);
  const storage = new NodeStorage();
  const clock = systemClock;
  const random = systemRandom;
  const brokerId = toBrokerId(config.brokerId);
  const root = path.resolve(config.dataDir);
  const memory = resolveMemory(config);
  const metrics = new Metrics();
  const stopPacing = paceGarbageCollection(clock, GARBAGE_BYTES);
  storage.mkdir(root);
  const dataDirectory = path.join(root, `broker-${brokerId}`);
  // Kept until the process ends, however it does: never two on one directory (safety.md, rule 30).
  const lock = DirectoryLock.acquire(dataDirectory);

  const store = await openSqliteStore(path.join(root, 'cluster.db'), { clock, random });
  const known = new DataDirectory(storage, clock, dataDirectory).readMeta();
  const clusterId = await joinCluster(store, known?.clusterId, random);
  const directory = await LogDirectory.open({
    storage,
    clock,
    random,
    dataDirectory,
    ...(config.journalDir === ''
      ? {}
      : {
          journalDirectory: path.join(path.resolve(config.journalDir), `${clusterId}-${brokerId}`),
        }),
    brokerId,
    clusterId,
    config: { ...config, ...memory, freeSpaceBytesMin: freeSpaceBytesMin(config, storage, root) },
    logger,
    observer: metrics.logObserver,
    lostJournal: options.discardLostJournal ? 'discard' : 'refuse',
  });
  directory.onFailed(options.onStorageFailed);
  const { wasClean, framesReplayed, bytesReplayed, durationMs } = directory.recovered;
  const recoveryMs = Math.round(durationMs);
  logger.info('the log is open', { wasClean, framesReplayed, bytesReplayed, recoveryMs });
  const engine = await Engine.start({
    brokerId,
    directory,
    store,
    clock,
    random,
    logger,
    topicDefaults: { partitions: 1, replicationFactor: 1 },
    produceBytesMax: memory.produceBytesMax,
    freeBytes: () => storage.freeBytes(root).free,
    retentionCheckMs: config.retentionCheckMs,
  });
  const lag = new EventLoopLag();
  metrics.observe(engine, lag);

  const context = new ServerContext({
    engine,
    clock,
    logger,
    metrics,
    limits: config,
    version,
    rack: '',
    garbage: new YoungGarbage(),
  });
  const { host } = config;
  const data = await startDataServer(context, host, config.dataPort);
  const http = await startHttpServer({
    host,
    port: config.httpPort,
    metrics,
    unready: () => engine.unready,
  });
  const client = await startClientServer(context, host, config.clientPort);
  const ports = { client: client.port, data: data.port, http: http.port };
  context.endpoints = [
    { listener: 'client', protocol: 'grpc', host, port: client.port, tls: false },
    { listener: 'data', protocol: 'grpc', host, port: data.port, tls: false },
  ];

  return {
    brokerId,
    clusterId: engine.clusterId,
    ports,
    stop: async () => {
      client.drain();
      const engineStopped = engine.stop();
      await engineStopped;
      for (const leaver of context.leavers) leaver.leave();
      await Promise.all([client.close(CALLS_GRACE_MS), data.close(CALLS_GRACE_MS)]);
      await http.close();
      lag.stop();
      stopPacing();
      await store.close();
      lock.release();
    },
  };
}

/** `auto`: 1 GiB or a twentieth of the disk, whichever is less. */
function freeSpaceBytesMin(config: BrokerConfig, storage: NodeStorage, root: string): number {
  if (config.freeSpaceBytesMin > 0) return config.freeSpaceBytesMin;
  return Math.min(2 ** 30, Math.floor(storage.freeBytes(root).total / 20));
}

/** Throws INVALID_CONFIG for limits that contradict each other. */
function checkLimits({ connectionBytesMax, messageBytesMax }: BrokerConfig): void {
  if (connectionBytesMax >= messageBytesMax) return;
  throw millraceError(
    'INVALID_CONFIG',
    `connectionBytesMax (${connectionBytesMax}) can't hold one message of messageBytesMax (${messageBytesMax})`,
  );
}
