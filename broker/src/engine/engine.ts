/**
 * The broker without its network: what every protocol stands on. Started it serves appends, reads and topics, and is a
 * member of its cluster; stopped it has synced everything and left the marker of a clean shutdown.
 */
import type { MillraceError } from '@millrace/core/errors';
import { millraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, ClusterId } from '@millrace/core/ids';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { Endpoint } from '@millrace/core/resources/broker';
import { FEATURE_LEVEL } from '@millrace/core/resources/clusterState';
import { BrokerSession } from '../cluster/brokerSession.ts';
import type { CachedImage } from '../cluster/cachedImage.ts';
import { MetadataCache, type MetadataChange } from '../cluster/metadataCache.ts';
import type { DataTransport } from '../cluster/dataTransport.ts';
import type { PeerAddress, PeerStream, PeerTransport } from '../cluster/peerTransport.ts';
import { Controller } from '../controller/controller.ts';
import type { ControllerConfig } from '../controller/controllerConfig.ts';
import { allControllerRules } from '../controller/controllerRules.ts';
import type { Forwarding } from '../forwarding/forwarding.ts';
import { Leaders } from '../forwarding/leaders.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { Random } from '../io/random.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import { Replication, type ReplicationConfig } from '../replication/replication.ts';
import { allReplicationRules } from '../replication/replicationRules.ts';
import type { ClusterStore } from '../store/clusterStore.ts';
import type { TopicDeclarations } from '../store/topicDeclarations.ts';
import { ByteBudget } from './byteBudget.ts';
import { ControllerRoute } from './controllerRoute.ts';
import { Fetching } from './fetching.ts';
import { allEngineRules, type RulesOff } from './engineRules.ts';
import { Groups, type GroupsParts } from './groups.ts';
import { LocalReplicas } from './localReplicas.ts';
import { Membership } from './membership.ts';
import { ProducerIdSupply } from './producerIdSupply.ts';
import { Producing } from './producing.ts';
import { TopicAdmin } from './topicAdmin.ts';
import { RecordDeletion } from './recordDeletion.ts';
import { Topics } from './topics.ts';
import { Upkeep } from './upkeep.ts';

export interface EngineOptions extends Pick<GroupsParts, 'groups'> {
  readonly brokerId: BrokerId;
  readonly rack: string;
  readonly directory: LogDirectory;
  readonly store: ClusterStore;
  /** Where the operator makes partitions of topics; undefined: the controller does. */
  readonly declarations?: TopicDeclarations | undefined;
  readonly transport: PeerTransport;
  /** Absent: what is led elsewhere is refused with NOT_LEADER. */
  readonly dataTransport?: DataTransport | undefined;
  /** Of this broker's own peer listener. */
  readonly peerAddress: PeerAddress;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Of produce requests in memory, all connections together. */
  readonly produceBytesMax: number;
  /** Free on the disk of the log. */
  readonly freeBytes: () => number;
  readonly loopLagP99Ms: () => number;
  /** Between looks for segments that retention no longer wants. */
  readonly retentionCheckMs: number;
  /** Between looks for what compaction may do; absent: never. */
  readonly compactionCheckMs?: number;
  readonly heartbeatMs: number;
  readonly controller: ControllerConfig;
  readonly replication: ReplicationConfig;
  /** Absent: without a controller nothing is known of the cluster. */
  readonly image?: CachedImage;
  /** A newer process has this broker id: this one must exit, without the marker. */
  readonly onSuperseded: (error: MillraceError) => void;
  readonly rulesOff?: RulesOff;
}

export class Engine {
  readonly brokerId: BrokerId;
  readonly clusterId: ClusterId;
  readonly bootId: BootId;
  readonly topics = new Topics();
  readonly metadata = new MetadataCache();
  readonly admin: TopicAdmin;
  readonly producing: Producing;
  readonly fetching: Fetching;
  readonly groups: Groups;
  readonly forwarding: Forwarding;
  readonly produceBudget: ByteBudget;
  readonly directory: LogDirectory;
  readonly controller: Controller;
  readonly route: ControllerRoute;
  readonly producerIds: ProducerIdSupply;
  readonly upkeep: Upkeep;
  readonly recordDeletion: RecordDeletion;
  readonly peers: Pick<PeerTransport, 'controller'>;
  readonly #options: EngineOptions;
  readonly #replication: Replication;
  readonly #replicas: LocalReplicas;
  readonly #session: BrokerSession;
  readonly #membership: Membership;
  #endpoints: readonly Endpoint[] = [];
  #failure: MillraceError | undefined;
  #state: 'starting' | 'ready' | 'stopping' = 'starting';

  constructor(options: EngineOptions) {
    const { brokerId, directory, transport, clock, random, logger } = options;
    const { bootId, clusterId } = directory;
    this.#options = options;
    this.brokerId = brokerId;
    this.clusterId = clusterId;
    this.bootId = bootId;
    this.peers = transport;
    this.directory = directory;
    this.produceBudget = new ByteBudget(options.produceBytesMax);
    const { dataTransport, rack } = options;
    const leaders = new Leaders(brokerId, this.metadata);
    this.forwarding = { leaders, topics: this.topics, clock, rack, transport: dataTransport };
    this.producing = new Producing(this.topics, leaders, directory, clock, random);
    this.fetching = new Fetching(this.topics, this.forwarding, clock);
    this.groups = new Groups({ ...options, leaders, topics: this.topics, fetching: this.fetching });
    this.controller = new Controller({
      brokerId,
      bootId,
      clusterId,
      clock,
      random,
      logger,
      transport,
      store: options.store,
      declarations: options.declarations,
      address: options.peerAddress,
      config: options.controller,
      rulesOff: options.rulesOff?.controller ?? allControllerRules,
    });
    this.route = new ControllerRoute({ controller: this.controller, transport, clock });
    const calls = () => this.route.calls();
    this.producerIds = new ProducerIdSupply({ brokerId, bootId, clock, calls });
    this.#replication = new Replication({
      brokerId,
      bootId,
      clusterId,
      clock,
      random,
      logger,
      transport,
      directory,
      addressOf: (id) => this.#peerAddress(id, 'peer-data'),
      propose: async (changes) => {
        const { answers } = await this.route.calls().alterPartitions({ brokerId, bootId, changes });
        return answers;
      },
      onCopyLost: (partition, why) => this.#replicas.copyLost(partition, why),
      onDamaged: ({ identity: { topicId, partition }, leaderEpoch }) =>
        this.#session.send({ kind: 'resigned', topicId, partition, leaderEpoch, isDamaged: true }),
      config: options.replication,
      rulesOff: options.rulesOff?.replication ?? allReplicationRules,
    });
    this.#replicas = new LocalReplicas({
      brokerId,
      directory,
      clock,
      logger,
      topics: this.topics,
      cache: this.metadata,
      cached: options.image?.load(),
      replication: this.#replication,
      tell: {
        copies: (copies) => this.#session.report(copies),
        copyFailed: (topicId, partition, error) =>
          this.#session.send({ kind: 'copyFailed', topicId, partition, error }),
        deleted: (topicId) => this.#session.send({ kind: 'deleted', topicId }),
        resigned: (resignation) => this.#session.send({ kind: 'resigned', ...resignation }),
      },
    });
    this.recordDeletion = new RecordDeletion({ topics: this.topics, directory, leaders });
    this.upkeep = new Upkeep({
      ...options,
      partitions: () => this.#replicas.all(),
      onCorrupt: (partition, error) => this.#replication.corrupt(partition, error),
    });
    this.#session = this.#newSession();
    this.#membership = new Membership({
      brokerId,
      bootId,
      clock,
      logger,
      session: this.#session,
      replicas: this.#replicas,
      isStoreOut: () => this.controller.isStoreOut,
      useCachedImage: () => this.#useCachedImage(),
      isWanted: () => this.#state !== 'stopping' && this.#failure === undefined,
      rulesOff: options.rulesOff?.engine ?? allEngineRules,
    });
    this.controller.onHolderChanged = () => this.#session.holderChanged();
    this.controller.isHolderHeard = () => this.#session.established;
    this.admin = new TopicAdmin({
      metadata: this.metadata,
      controller: this.controller,
      directory,
      clock,
    });
    directory.onFailed((error) => {
      this.#failure = error;
    });
  }

  /**
   * `endpoints` are those of this broker, bound. Resolves once every partition that it can lead has a leader, or, while the
   * store is out, once it follows from its cached image (rule 19).
   */
  async start(endpoints: readonly Endpoint[]): Promise<void> {
    this.#endpoints = endpoints;
    this.controller.start();
    this.#session.start();
    await this.#membership.begin();
    this.#reportUnknownTopics();
    this.upkeep.start();
    if (this.#state === 'starting') this.#state = 'ready';
  }

  serveFollow(stream: PeerStream<FollowResponse, FollowRequest>): void {
    this.#replication.serveFollow(stream);
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** On the disk of the log. */
  get freeBytes(): number {
    return this.#options.freeBytes();
  }

  /** Why it can't serve at all; undefined while it can. */
  get unready(): MillraceError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#state === 'ready') return undefined;
    if (this.#state === 'starting') return millraceError('LOADING', 'the broker is starting');
    return millraceError('SHUTTING_DOWN', 'the broker is stopping');
  }

  /**
   * Hands its leaderships over and leaves the ISRs, serving until that is done; then refuses new work, syncs what was
   * begun and closes the directory with its marker (rule 10).
   */
  async stop(): Promise<void> {
    this.upkeep.stop();
    if (this.#state === 'ready') await this.#membership.handOver();
    this.#state = 'stopping';
    this.forwarding.leaders.stop(millraceError('SHUTTING_DOWN', 'the broker is stopping'));
    this.groups.stop(millraceError('SHUTTING_DOWN', 'the broker is stopping'));
    await this.#replicas.stop();
    await this.#replication.stop();
    // The directory's own close syncs what was appended and acknowledges it: partitions close after it.
    await this.directory.close();
    this.#session.stop();
    await this.controller.stop();
    this.#replicas.close(millraceError('SHUTTING_DOWN', 'the broker is stopping'));
    this.#options.image?.close();
  }

  #newSession(): BrokerSession {
    const { brokerId, rack, clock, random, logger, transport, heartbeatMs } = this.#options;
    return new BrokerSession({
      brokerId,
      rack,
      clock,
      random,
      logger,
      transport,
      heartbeatMs,
      bootId: this.bootId,
      clusterId: this.clusterId,
      features: { min: FEATURE_LEVEL, max: FEATURE_LEVEL },
      endpoints: () => this.#endpoints,
      holder: () => this.controller.holder,
      holderLost: () => this.controller.holderLost(),
      cache: this.metadata,
      handlers: {
        copies: () => this.#replicas.reports(),
        metadataChanged: (change) => this.#metadataChanged(change),
        createCopies: (copies) => this.#replicas.createCopies(copies),
        reportCopies: (copies) => this.#replicas.reportCopies(copies),
        superseded: (error) => this.#options.onSuperseded(error),
      },
      health: () => ({
        loopLagP99Ms: this.#options.loopLagP99Ms(),
        diskState: this.#diskState(),
      }),
    });
  }

  #metadataChanged(change: MetadataChange): void {
    if (this.#state === 'stopping') return;
    if (change.brokers.length > 0) this.#replication.brokersChanged();
    this.#replicas.metadataChanged(change);
    this.topics.loaded();
    this.groups.metadataChanged(change);
    this.forwarding.leaders.changed(change);
    this.admin.metadataChanged();
    this.#options.image?.changed(change, this.metadata);
  }

  /** False: there is none. Topics that it lacks may exist: they stay LOADING. */
  #useCachedImage(): boolean {
    const { cached } = this.#replicas;
    const change = cached === undefined ? undefined : this.metadata.applyImage(cached);
    if (change === undefined) return false;
    this.#options.logger.warn(
      'the cluster store is out: this broker follows from its cached image',
      {
        topics: change.topics.length,
      },
    );
    this.#replicas.follow(change.topics);
    this.#replication.brokersChanged();
    this.forwarding.leaders.changed(change);
    this.admin.metadataChanged();
    return true;
  }

  #diskState(): 'ok' | 'full' | 'failed' {
    const refusal = this.directory.acceptsAppends();
    if (refusal === undefined) return 'ok';
    return refusal.code === 'DISK_FULL' ? 'full' : 'failed';
  }

  #peerAddress(brokerId: BrokerId, listener: string): PeerAddress | undefined {
    return this.metadata
      .broker(brokerId)
      ?.endpoints.find((endpoint) => endpoint.listener === listener);
  }

  #reportUnknownTopics(): void {
    if (!this.#session.established) return;
    const unknown = new Set<string>();
    for (const log of this.directory.all()) {
      if (!this.topics.has(log.topicId)) unknown.add(log.topicId);
    }
    if (unknown.size === 0) return;
    this.#options.logger.warn('data of topics that the cluster store does not know is kept', {
      topicIds: [...unknown],
    });
  }
}
