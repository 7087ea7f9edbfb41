/**
 * The controller of a cluster, on every broker; active on the one that holds the lease. It keeps sessions with the
 * brokers, decides who leads and who is in sync, writes that by compare-and-set and tells the brokers what was committed.
 * What it decides follows from what it reads (store, sessions): an event only says where to look again.
 */
import { millraceError, toMillraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { ControllerCalls, PeerStream } from '../cluster/peerTransport.ts';
import type { ProducerIdBlock, SessionDown, SessionUp } from '../cluster/sessionMessages.ts';
import type {
  AlterTopicRequest,
  BrokerSetting,
  CreatedTopic,
  CreateTopicRequest,
  LeaderMove,
  PendingReassignment,
  Reassignment,
  StopAnswer,
  TopicReference,
  UncleanElection,
} from './adminRequests.ts';
import { ControllerLease, type LostHolder } from './controllerLease.ts';
import type { ControllerParts } from './controllerParts.ts';
import { formatHolder, type LeaseHolder } from './leaseHolder.ts';
import { pause } from './probing.ts';
import { ProducerIds } from './producerIds.ts';
import { notController, Reign } from './reign.ts';
import { readState } from './reignState.ts';

const RETRY_MS = 200;
/** Sessions that wait for a takeover to be read; more are refused. */
const PENDING_MAX = 1000;

export class Controller {
  readonly calls: ControllerCalls;
  /** Another broker holds the lease, as far as this one knows. */
  onHolderChanged: () => void = () => {};
  /** This broker's session with the holder stands. */
  isHolderHeard: () => boolean = () => true;
  readonly #parts: ControllerParts;
  readonly #lease: ControllerLease;
  readonly #producerIds: ProducerIds;
  #reign: Reign | undefined;
  /** Streams that came while the state was being read. Undefined: nothing is. */
  #pending: PeerStream<SessionDown, SessionUp>[] | undefined;
  /** Given up for a silent majority; until one is heard again, or a reign fences. */
  #gaveUp = false;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    const { brokerId, bootId, address, config, rulesOff, store } = parts;
    this.#producerIds = new ProducerIds({ store, rulesOff });
    this.#lease = new ControllerLease({
      ...parts,
      self: { brokerId, bootId, address },
      leaseDurationMs: config.leaseDurationMs,
      leaseRenewMs: config.leaseRenewMs,
      leasePollMs: config.leasePollMs,
      sessionTimeoutMs: config.brokerSessionTimeoutMs,
      isHolderHeard: () => this.isHolderHeard(),
      onTaken: (epoch, lost) => this.#begin(epoch, lost),
      onLost: () => this.#end(),
      onHolderChanged: () => this.onHolderChanged(),
    });
    this.calls = {
      alterPartitions: async (request) => await this.#active.alterPartitions(request),
      allocateProducerIds: async (request) => await this.allocateProducerIds(request),
      forward: async (method) => {
        throw millraceError('INVALID_REQUEST', `${method} is not forwarded to the controller`);
      },
    };
  }

  start(): void {
    this.#lease.start();
  }

  /** Frees the lease, so that another broker takes it at once. */
  async stop(): Promise<void> {
    await this.#lease.stop();
    this.#end();
  }

  /** Whom this broker believes to be the controller. */
  get holder(): LeaseHolder | undefined {
    return this.#lease.holder;
  }

  get active(): boolean {
    return this.#reign !== undefined;
  }

  /** The cluster store is out of reach, as far as the lease tells. */
  get isStoreOut(): boolean {
    return this.#lease.isStoreOut;
  }

  /** Of this broker's own lease; 0 while it does not hold it. */
  get controllerEpoch(): number {
    return this.#lease.epoch;
  }

  /** The session with the holder broke: looks at once whether it is dead, instead of at the next poll. */
  holderLost(): void {
    this.#lease.holderLost();
  }

  /** Closed with NOT_CONTROLLER unless active, or about to be. */
  session(stream: PeerStream<SessionDown, SessionUp>): void {
    if (this.#reign !== undefined) this.#reign.accept(stream);
    else if (this.#pending !== undefined && this.#pending.length < PENDING_MAX) {
      stream.pause();
      this.#pending.push(stream);
    } else stream.close(notController());
  }

  async createTopic(request: CreateTopicRequest): Promise<CreatedTopic> {
    return await this.#active.topics.create(request);
  }

  async alterTopic(request: AlterTopicRequest): Promise<TopicMetadata> {
    return await this.#active.topics.alter(request);
  }

  async deleteTopic(reference: TopicReference): Promise<TopicId> {
    return await this.#active.topics.delete(reference);
  }

  async reassign(changes: readonly Reassignment[]): Promise<void> {
    await this.#active.partitions.reassign(changes);
  }

  /** Throws NOT_CONTROLLER. */
  reassignments(): readonly PendingReassignment[] {
    return this.#active.partitions.reassignments();
  }

  async uncleanElect(request: UncleanElection): Promise<void> {
    await this.#active.partitions.uncleanElect(request);
  }

  async moveLeaders(moves: readonly LeaderMove[]): Promise<void> {
    await this.#active.partitions.moveLeaders(moves);
  }

  async setBroker(setting: BrokerSetting): Promise<void> {
    await this.#active.partitions.setBroker(setting);
  }

  async prepareStop({ brokerId }: Pick<BrokerSetting, 'brokerId'>): Promise<StopAnswer> {
    return await this.#active.partitions.prepareStop(brokerId);
  }

  async allocateProducerIds(_from: { brokerId: number; bootId: string }): Promise<ProducerIdBlock> {
    if (this.#reign === undefined) throw notController();
    return await this.#producerIds.allocate();
  }

  get #active(): Reign {
    if (this.#reign === undefined) throw notController();
    return this.#reign;
  }

  #begin(epoch: number, lost: LostHolder | undefined): void {
    this.#end();
    this.#pending = [];
    this.#load(epoch, lost).catch((error: unknown) => {
      this.#parts.logger.error('the controller does not start', { cause: String(error) });
    });
  }

  /** Tried as long as the lease is ours: nothing else would decide meanwhile. */
  async #load(epoch: number, lost: LostHolder | undefined): Promise<void> {
    const { store, clock, logger, declarations } = this.#parts;
    while (this.#lease.epoch === epoch) {
      try {
        const state = await readState(store, declarations === undefined ? 'stored' : 'declared');
        if (this.#lease.epoch !== epoch) return;
        if (state.controllerEpoch > epoch) {
          // Who held the lease before wrote after it was listed.
          this.#lease.raiseAbove(state.controllerEpoch);
          return;
        }
        this.#reign = this.#newReign(epoch, lost, state);
        break;
      } catch (thrown) {
        const cause = toMillraceError(thrown).message;
        logger.warn('the controller can not read the cluster store', { cause });
        await pause(clock, RETRY_MS);
      }
    }
    const reign = this.#reign;
    const pending = this.#pending ?? [];
    if (reign === undefined || this.#lease.epoch !== epoch) return;
    this.#pending = undefined;
    for (const stream of pending) {
      reign.accept(stream);
      stream.resume();
    }
  }

  #newReign(
    controllerEpoch: number,
    lost: LostHolder | undefined,
    state: Awaited<ReturnType<typeof readState>>,
  ): Reign {
    const { config } = this.#parts;
    const isCurrent = () => this.#lease.epoch === controllerEpoch;
    const parts = {
      ...this.#parts,
      controllerEpoch,
      lost,
      producerIds: this.#producerIds,
      fencesMajority: this.#gaveUp,
      onDeposed: () => {
        if (isCurrent()) this.#lease.deposed();
      },
      onHigherEpoch: (epoch: number) => {
        if (!isCurrent()) return;
        this.#producerIds.rewound();
        this.#lease.raiseAbove(epoch);
      },
      onSilentMajority: () => {
        if (!isCurrent()) return;
        this.#gaveUp = true;
        this.#parts.logger.error('more than half of the brokers are silent: the lease is given up');
        this.#lease.giveUp(config.brokerSessionTimeoutMs).catch(() => undefined);
      },
      confirmLease: async () => {
        const { holder, epoch } = await this.#parts.store.readLease();
        const { brokerId, bootId, address } = this.#parts;
        const mine = formatHolder({ brokerId, bootId, address });
        if (holder !== mine || epoch !== controllerEpoch) throw notController();
      },
    };
    this.#gaveUp = false;
    return new Reign(parts, state);
  }

  #end(): void {
    const reign = this.#reign;
    const pending = this.#pending ?? [];
    this.#reign = undefined;
    this.#pending = undefined;
    reign?.close(notController());
    for (const stream of pending) stream.close(notController());
  }
}
