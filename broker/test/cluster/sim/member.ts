import { millraceError } from '@millrace/core/errors';
import type { BrokerId, ClusterId, TopicId } from '@millrace/core/ids';
import type { PeerAddress } from '../../../src/cluster/peerTransport.ts';
import { EMBEDDED_CONTROLLER } from '../../../src/controller/controllerConfig.ts';
import type { ControllerRule } from '../../../src/controller/controllerRules.ts';
import type { CoordinatorRule } from '../../../src/coordinator/coordinatorRules.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { joinCluster } from '../../../src/engine/joinCluster.ts';
import type { GroupRule } from '../../../src/groups/groupRules.ts';
import type { Clock } from '../../../src/io/clock.ts';
import type { SeededRandom } from '../../../src/io/seededRandom.ts';
import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { Storage } from '../../../src/io/storage.ts';
import { LogDirectory } from '../../../src/log/directory/logDirectory.ts';
import type { LogRule } from '../../../src/log/logRules.ts';
import type { Partition } from '../../../src/replication/partition.ts';
import type { ReplicationRule } from '../../../src/replication/replicationRules.ts';
import type { ClusterStore } from '../../../src/store/clusterStore.ts';
import type { AdminRequest } from './clientMessages.ts';
import { ClientService } from './clientService.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import type { DurablePromises } from './durablePromises.ts';
import type { SimTransport } from './simTransport.ts';

export interface MemberParts {
  readonly world: ClusterWorld;
  readonly promises: DurablePromises;
  /** `b<broker>.<boot>`. */
  readonly name: string;
  readonly brokerId: BrokerId;
  readonly process: SimProcess;
  readonly random: SeededRandom;
  readonly address: PeerAddress;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly store: ClusterStore;
  readonly transport: SimTransport;
  readonly dataDirectory: string;
  /** The process must end. */
  readonly onFatal: (error: unknown) => void;
}

/** Shorter than in production, so that a seed needs little virtual time. */
const controllerConfig = {
  ...EMBEDDED_CONTROLLER,
  leaseDurationMs: 2000,
  leaseRenewMs: 300,
  leasePollMs: 100,
  brokerSessionTimeoutMs: 1500,
  leaderRebalanceMs: 5000,
};

/** One broker process: production code on a simulated machine. */
export class Member {
  readonly clients: ClientService;
  readonly #parts: MemberParts;
  #engine: Engine | undefined;
  #directory: LogDirectory | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.clients = new ClientService({
      engine: () => this.#engine,
      admin: (request) => this.#admin(request),
    });
  }

  get isController(): boolean {
    return this.#engine?.controller.active === true;
  }

  /** Those that it holds a copy of and has heard of. */
  *partitions(): Iterable<Partition> {
    for (const topic of this.#engine?.topics.all() ?? []) {
      for (const partition of topic.partitions) if (partition !== undefined) yield partition;
    }
  }

  partition(topicId: TopicId, partition: number): Partition | undefined {
    return this.#engine?.topics.byId(topicId)?.partitions[partition];
  }

  /** Whether the copy counts in a recovery election. */
  isIntact({ log }: Partition): boolean {
    if (this.#directory?.get(log.topicId, log.partition) !== log) return false;
    return this.#directory.copyFacts(log).wasIsr;
  }

  /** Resolves once it listens, as production does before it is ready. */
  async start(): Promise<void> {
    const { world, promises, name, process, address, store, random, onFatal } = this.#parts;
    const clusterId = await joinCluster(store, world.clusterId, random);
    const directory = await this.#openLog(clusterId);
    this.#directory = directory;
    promises.check(name, directory.all());
    const engine = this.#newEngine(directory);
    this.#engine = engine;
    world.network.listen(process, address, {
      follow: (stream) => engine.serveFollow(stream),
      session: (stream) => engine.controller.session(stream),
      controller: engine.controller.calls,
    });
    const at = { protocol: 'grpc', ...address, tls: false };
    const listeners = ['client', 'data', 'peer', 'peer-data'];
    engine.start(listeners.map((listener) => ({ listener, ...at }))).catch(onFatal);
  }

  async stop(): Promise<void> {
    await this.#engine?.stop();
  }

  async #openLog(clusterId: ClusterId): Promise<LogDirectory> {
    const { world, name, random, clock, storage, brokerId, dataDirectory, onFatal } = this.#parts;
    const directory = await LogDirectory.open({
      storage,
      clock,
      random,
      dataDirectory,
      brokerId,
      clusterId,
      config: {
        journalFileBytes: 65_536,
        journalFilesMax: 3,
        checkpointMs: 500,
        syncConcurrency: 4,
        tailCacheBytes: [0, 4096, 65_536][random.int(3)] ?? 0,
        openSegmentsMax: 10,
        freeSpaceBytesMin: 0,
      },
      logger: world.transcript.logger(name),
      rulesOff: world.options.rulesOff as ReadonlySet<LogRule>,
    });
    directory.onFailed(onFatal);
    return directory;
  }

  #newEngine(directory: LogDirectory): Engine {
    const { world, name, random, clock, store, transport, brokerId, address, onFatal } =
      this.#parts;
    const rulesOff = world.options.rulesOff as ReadonlySet<string>;
    return new Engine({
      brokerId,
      rack: '',
      directory,
      store,
      transport,
      peerAddress: address,
      clock,
      random: random.fork(),
      logger: world.transcript.logger(name),
      produceBytesMax: 1 << 20,
      freeBytes: () => 1 << 30,
      loopLagP99Ms: () => 0,
      retentionCheckMs: 300,
      heartbeatMs: 200,
      controller: controllerConfig,
      replication: { replicaLagMsMax: 1000, fetchCreditBytes: 64 * 1024 },
      onSuperseded: onFatal,
      rulesOff: {
        controller: rulesOff as ReadonlySet<ControllerRule>,
        replication: rulesOff as ReadonlySet<ReplicationRule>,
        coordinator: rulesOff as ReadonlySet<CoordinatorRule>,
        groups: rulesOff as ReadonlySet<GroupRule>,
      },
    });
  }

  async #admin({ method, request }: AdminRequest): Promise<unknown> {
    const controller = this.#engine?.controller;
    if (controller?.active !== true) throw millraceError('NOT_CONTROLLER', 'not here');
    const methods = controller as unknown as Record<string, (asked: unknown) => Promise<unknown>>;
    return await methods[method]?.call(controller, request);
  }
}
