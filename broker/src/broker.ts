/**
 * One broker from its configuration to its listeners and back: starts in the order in which each part needs the one
 * before, stops in the reverse. Only main.ts and tests make one.
 */
import path from 'node:path';
import { millraceError, toMillraceError } from '@millrace/core/errors';
import { type ClusterId, toBrokerId } from '@millrace/core/ids';
import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { YoungGarbage } from '@millrace/wire/youngGarbage';
import type { Endpoint } from '@millrace/core/resources/broker';
import {
  type ControllerConfig,
  EMBEDDED_CONTROLLER,
  KUBERNETES_CONTROLLER,
} from './controller/controllerConfig.ts';
import { type ClusterStoreSource, embeddedSource, type SourceParts } from './clusterStoreSource.ts';
import { CachedImage } from './cluster/cachedImage.ts';
import { Engine } from './engine/engine.ts';
import type { RulesOff } from './engine/engineRules.ts';
import { groupOptions } from './engine/groupOptions.ts';
import { DirectoryLock } from './io/directoryLock.ts';
import { EventLoopLag } from './io/eventLoopLag.ts';
import { paceGarbageCollection } from './io/gcPacing.ts';
import type { Logger } from './io/logger.ts';
import { NodeStorage } from './io/nodeStorage.ts';
import { resolveMemory } from './io/memoryBudget.ts';
import { systemClock } from './io/systemClock.ts';
import { systemRandom } from './io/systemRandom.ts';
import { DataDirectory, META_FILE } from './log/directory/dataDirectory.ts';
import { bypassLimits } from './log/journal/extentPlan.ts';
import { LogDirectory } from './log/directory/logDirectory.ts';
import { advertisedHost, startPeers } from './peerListeners.ts';
import { WireDataTransport } from './peer/wireDataStream.ts';
import { Readiness } from './readiness.ts';
import { MeasuredStore } from './store/measuredStore.ts';
import { startClientServer } from './server/clientServer.ts';
import { ServerContext } from './server/context.ts';
import { startDataServer } from './server/dataServer.ts';
import { observeGroups } from './server/groupMetrics.ts';
import { startHttpServer } from './server/httpServer.ts';
import { Metrics } from './server/metrics.ts';
import { openClusterStore } from './openClusterStore.ts';

const CALLS_GRACE_MS = 5000;
const UNLISTED_MS = 5000;
/** Received and sent buffers that wait for the collector, beside what memoryBytes plans. */
const GARBAGE_BYTES = 64 * 2 ** 20;
/** Of replicated batches on their way to this broker, per leader broker and lane. */
const FETCH_CREDIT_BYTES = 8 * 2 ** 20;

export interface BrokerPorts {
  readonly client: number;
  readonly data: number;
  readonly http: number;
  readonly peer: number;
  readonly peerData: number;
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
  /** A newer process has this broker id: the process must exit, and not as after a clean stop (safety.md, rule 6). */
  readonly onSuperseded: (error: Error) => void;
  /** The cluster store answers at last, and can't be used: the process must exit. */
  readonly onRefused: (error: Error) => void;
  readonly rulesOff?: RulesOff;
}

/** What does not come to serve leaves nothing behind: the steps that were made are undone, the last one first. */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  checkLimits(options.config);
  const steps = new AsyncDisposableStack();
  try {
    return await start(options, steps);
  } catch (error) {
    await steps.disposeAsync().catch((cause: unknown) => {
      const { message } = toMillraceError(cause);
      options.logger.error('what was started did not stop', { cause: message });
    });
    throw error;
  }
}

async function start(options: BrokerOptions, steps: AsyncDisposableStack): Promise<RunningBroker> {
  const { config, logger, version } = options;
  const storage = new NodeStorage();
  const shared = { clock: systemClock, random: systemRandom, logger };
  const brokerId = toBrokerId(config.brokerId);
  const root = path.resolve(config.dataDir);
  const memory = resolveMemory(config);
  const metrics = new Metrics();
  steps.defer(paceGarbageCollection(systemClock, GARBAGE_BYTES));
  // Bound before anything that may take its time: a broker in recovery lives. Closed last: it says that the broker is going.
  const readiness = new Readiness();
  const { host, httpPort: port } = config;
  const unready = () => readiness.unready;
  const http = await startHttpServer({ host, port, metrics, unready });
  steps.defer(() => http.close());
  storage.mkdir(root);
  const dataDirectory = path.join(root, `broker-${brokerId}`);
  // Kept until all else is closed or the process ends, however it does: never two on one directory (safety.md, rule 30).
  const lock = DirectoryLock.acquire(dataDirectory);
  steps.defer(() => lock.release());
  const known = new DataDirectory(storage, systemClock, dataDirectory).readMeta();
  const source = await storeSource(config, storage, shared);
  const { store: unmeasured, clusterId } = await openClusterStore({
    ...shared,
    source,
    known: known?.clusterId,
    onRefused: options.onRefused,
    rulesOff: options.rulesOff?.engine,
  });
  const onWritten = metrics.storeWritten.bind(metrics);
  const store = new MeasuredStore({ store: unmeasured, clock: systemClock, onWritten });
  steps.defer(() => store.close());
  const declarations = source.declarations();
  steps.defer(() => declarations?.close());
  const lag = new EventLoopLag();
  steps.defer(() => lag.stop());
  // Closed after the engine, so that what it had begun is answered.
  const listeners = steps.use(new AsyncDisposableStack());

  const directory = await LogDirectory.open({
    ...shared,
    storage,
    dataDirectory,
    ...journalDirectory(config, clusterId),
    brokerId,
    clusterId,
    config: { ...config, ...memory, freeSpaceBytesMin: freeSpaceBytesMin(config, storage, root) },
    ...(config.largeGroups === 'bypass' ? { bypass: bypassLimits } : {}),
    observer: metrics.logObserver,
    lostJournal: options.discardLostJournal ? 'discard' : 'refuse',
  });
  steps.defer(() => directory.close());
  directory.onFailed(options.onStorageFailed);
  const { wasClean, framesReplayed, bytesReplayed, durationMs } = directory.recovered;
  const recoveryMs = Math.round(durationMs);
  logger.info('the log is open', { wasClean, framesReplayed, bytesReplayed, recoveryMs });
  // Bound before the engine is made: the lease says where the controller is reached.
  const peers = await startPeers(config, shared, listeners, CALLS_GRACE_MS);
  const engine = new Engine({
    ...shared,
    brokerId,
    rack: config.rack,
    directory,
    store,
    declarations,
    transport: peers.transport,
    dataTransport: new WireDataTransport(config.messageBytesMax),
    peerAddress: peers.peer,
    produceBytesMax: memory.produceBytesMax,
    freeBytes: () => storage.freeBytes(root).free,
    loopLagP99Ms: () => lag.p99Ms,
    retentionCheckMs: config.retentionCheckMs,
    compactionCheckMs: config.compactionCheckMs,
    heartbeatMs: config.heartbeatMs,
    groups: groupOptions(config),
    controller: controllerConfig(config),
    replication: {
      replicaLagMsMax: config.replicaLagMsMax,
      fetchCreditBytes: FETCH_CREDIT_BYTES,
      catchupBytesPerSecondMax: config.catchupBytesPerSecondMax,
    },
    onSuperseded: options.onSuperseded,
    image: new CachedImage({ ...shared, rows: lock.rows, clusterId }),
    ...(options.rulesOff && { rulesOff: options.rulesOff }),
  });
  steps.defer(() => engine.stop());
  readiness.follow(engine);
  metrics.observe(engine, lag);
  observeGroups(metrics.registry, engine, config.metricsPerPartition);

  const context = new ServerContext({
    ...shared,
    engine,
    metrics,
    limits: config,
    version,
    garbage: new YoungGarbage(),
  });
  peers.serve(context);
  const { data, client, drain } = await listen(context, config, listeners);
  const at = (listener: string, port: number): Endpoint => {
    return { listener, protocol: 'grpc', host: advertisedHost(config), port, tls: false };
  };
  await engine.start([
    at('client', client),
    at('data', data),
    at('peer', peers.peer.port),
    at('peer-data', peers.peerData.port),
  ]);
  steps.defer(drain);
  const ports = {
    client,
    data,
    http: http.port,
    peer: peers.peer.port,
    peerData: peers.peerData.port,
  };
  const stop = async (): Promise<void> => {
    readiness.leave();
    if (config.store === 'kubernetes') await untilUnlisted();
    await steps.disposeAsync();
  };
  return { brokerId, clusterId: engine.clusterId, ports, stop };
}

/** Until Services, which heard that this pod is not ready, send it no new clients (contracts.md, Restart of a pod). */
function untilUnlisted(): Promise<void> {
  return new Promise((resolve) => systemClock.setTimer(UNLISTED_MS, resolve));
}

async function listen(
  context: ServerContext,
  { host, dataPort, clientPort }: BrokerConfig,
  listeners: AsyncDisposableStack,
): Promise<{ readonly data: number; readonly client: number; readonly drain: () => void }> {
  const closing: ((graceMs: number) => Promise<void>)[] = [];
  listeners.defer(async () => {
    for (const leaver of context.leavers) leaver.leave();
    await Promise.all(closing.map((close) => close(CALLS_GRACE_MS)));
  });
  const data = await startDataServer(context, host, dataPort);
  closing.push((graceMs) => data.close(graceMs));
  const client = await startClientServer(context, host, clientPort);
  closing.push((graceMs) => client.close(graceMs));
  return { data: data.port, client: client.port, drain: () => client.drain() };
}

async function storeSource(
  config: BrokerConfig,
  storage: NodeStorage,
  shared: SourceParts,
): Promise<ClusterStoreSource> {
  if (config.store === 'kubernetes') {
    const { kubernetesSource } = await import('./kubernetesSource.ts');
    return kubernetesSource(config, shared);
  }
  const root = path.resolve(config.dataDir);
  return embeddedSource(root, isFounded(storage, root), shared);
}

/** Some broker of this directory, perhaps another one, was in a cluster already. */
function isFounded(storage: NodeStorage, root: string): boolean {
  return storage
    .list(root)
    .some(({ name }) => /^broker-\d+$/.test(name) && hasMeta(storage, path.join(root, name)));
}

function hasMeta(storage: NodeStorage, dataDirectory: string): boolean {
  return storage.exists(path.join(dataDirectory, META_FILE));
}

function controllerConfig(config: BrokerConfig): ControllerConfig {
  const { leaseDurationMs, leaseRenewMs, brokerSessionTimeoutMs, leaderRebalanceMs } = config;
  const times = { leaseDurationMs, leaseRenewMs, brokerSessionTimeoutMs, leaderRebalanceMs };
  const base = config.store === 'kubernetes' ? KUBERNETES_CONTROLLER : EMBEDDED_CONTROLLER;
  return { ...base, ...times };
}

/** `journalDir` may be shared by several brokers of several clusters. */
function journalDirectory(
  { journalDir, brokerId }: BrokerConfig,
  clusterId: ClusterId,
): { journalDirectory?: string } {
  if (journalDir === '') return {};
  return { journalDirectory: path.join(path.resolve(journalDir), `${clusterId}-${brokerId}`) };
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
