import { millraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import type { PeerAddress } from '../../../src/cluster/peerTransport.ts';
import { Controller } from '../../../src/controller/controller.ts';
import { EMBEDDED_CONTROLLER } from '../../../src/controller/controllerConfig.ts';
import type { ControllerRule } from '../../../src/controller/controllerRules.ts';
import type { Clock } from '../../../src/io/clock.ts';
import type { SeededRandom } from '../../../src/io/seededRandom.ts';
import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { Storage } from '../../../src/io/storage.ts';
import { LogDirectory } from '../../../src/log/logDirectory.ts';
import type { LogRule } from '../../../src/log/logRules.ts';
import type { Partition } from '../../../src/replication/partition.ts';
import { Replication } from '../../../src/replication/replication.ts';
import type { ReplicationRule } from '../../../src/replication/replicationRules.ts';
import type { ClusterStore } from '../../../src/store/clusterStore.ts';
import type { AdminRequest } from './clientMessages.ts';
import { ClientService } from './clientService.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import type { DurablePromises } from './durablePromises.ts';
import { MemberSession } from './memberSession.ts';
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

interface Running {
  readonly directory: LogDirectory;
  readonly controller: Controller;
  readonly replication: Replication;
  readonly session: MemberSession;
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
  #running: Running | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.clients = new ClientService({
      partition: (topicId, partition) => this.#running?.session.partition(topicId, partition),
      refusal: () => this.#running?.directory.acceptsAppends(),
      wallMs: () => parts.clock.wallMs(),
      admin: (request) => this.#admin(request),
    });
  }

  get isController(): boolean {
    return this.#running?.controller.active === true;
  }

  partitions(): Iterable<Partition> {
    return this.#running?.session.partitions() ?? [];
  }

  async start(): Promise<void> {
    const { world, promises, name, process, address } = this.#parts;
    const directory = await this.#openLog();
    promises.check(name, directory.all());
    this.#running = this.#assemble(directory);
    const { controller, replication, session } = this.#running;
    world.network.listen(process, address, {
      follow: (stream) => replication.serveFollow(stream),
      session: (stream) => controller.session(stream),
      controller: controller.calls,
    });
    controller.start();
    session.start();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    await running.session.leave();
    await running.replication.stop();
    await running.controller.stop();
    await running.directory.close();
  }

  async #openLog(): Promise<LogDirectory> {
    const { world, name, random, clock, storage, brokerId, dataDirectory, onFatal } = this.#parts;
    const directory = await LogDirectory.open({
      storage,
      clock,
      random,
      dataDirectory,
      brokerId,
      clusterId: world.clusterId,
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

  #assemble(directory: LogDirectory): Running {
    const { world, name, random, clock, store, transport, brokerId, address } = this.#parts;
    const identity = { brokerId, bootId: directory.bootId, clusterId: world.clusterId };
    const logger = world.transcript.logger(name);
    const rulesOff = world.options.rulesOff as ReadonlySet<string>;
    const controller = new Controller({
      ...identity,
      clock,
      random: random.fork(),
      logger,
      store,
      transport,
      address,
      config: controllerConfig,
      rulesOff: rulesOff as ReadonlySet<ControllerRule>,
    });
    const replication: Replication = new Replication({
      ...identity,
      clock,
      random: random.fork(),
      logger,
      transport,
      directory,
      addressOf: (of) => session.addressOf(of),
      propose: (changes) => session.propose(changes),
      onCopyLost: (partition, why) => session.copyLost(partition, why),
      config: { replicaLagMsMax: 1000, fetchCreditBytes: 64 * 1024 },
      rulesOff: rulesOff as ReadonlySet<ReplicationRule>,
    });
    const session: MemberSession = new MemberSession({
      ...this.#parts,
      directory,
      controller,
      replication: () => replication,
    });
    return { directory, controller, replication, session };
  }

  async #admin({ method, request }: AdminRequest): Promise<unknown> {
    const controller = this.#running?.controller;
    if (controller?.active !== true) throw millraceError('NOT_CONTROLLER', 'not here');
    const methods = controller as unknown as Record<string, (asked: unknown) => Promise<unknown>>;
    return await methods[method]?.call(controller, request);
  }
}
