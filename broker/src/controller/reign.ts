/**
 * One term of this broker as the controller, under one controller epoch: from the state of the store, read once the
 * lease was taken, to its loss. Wires what it consists of. What happens to partitions is decided in nextStatus.ts,
 * written by AssignmentWriter, and comes back through Replay.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { toBootId, toBrokerId } from '@millrace/core/ids';
import type { PeerStream } from '../cluster/peerTransport.ts';
import type {
  AlterPartitionsRequest,
  AlterPartitionsResponse,
  SessionDown,
  SessionUp,
} from '../cluster/sessionMessages.ts';
import { AssignmentWriter } from './assignmentWriter.ts';
import { BrokerObjects } from './brokerObjects.ts';
import type { ControllerParts } from './controllerParts.ts';
import { CopyOrders } from './copyOrders.ts';
import { DeclaredTopics } from './declaredTopics.ts';
import type { LostHolder } from './controllerLease.ts';
import { LedWaits } from './ledWaits.ts';
import type { Member, OpenSession } from './member.ts';
import { MetadataPublisher } from './metadataPublisher.ts';
import { PartitionAdmin } from './partitionAdmin.ts';
import { PartitionMarks } from './partitionMarks.ts';
import { PartitionViews } from './partitionViews.ts';
import type { ProducerIds } from './producerIds.ts';
import { Recoveries } from './recoveries.ts';
import { brokersNamed, type ReignState } from './reignState.ts';
import { Replay } from './replay.ts';
import { Roster } from './roster.ts';
import { SessionDesk } from './sessionDesk.ts';
import { StoreWatches } from './storeWatches.ts';
import { TopicAdmin } from './topicAdmin.ts';
import { TopicDeletion } from './topicDeletion.ts';
import type { TopicRequests } from './topicRequests.ts';

const DRAIN_CHECK_MS = 5000;

export interface ReignParts extends ControllerParts {
  readonly controllerEpoch: number;
  /** The holder before, if it is known to be gone. */
  readonly lost: LostHolder | undefined;
  readonly producerIds: ProducerIds;
  /** This broker gave up for a silent majority before: now it fences. */
  readonly fencesMajority: boolean;
  /** Somebody has a higher epoch. */
  readonly onDeposed: () => void;
  /** A broker knows a higher epoch than the store did: it was rewound. */
  readonly onHigherEpoch: (epoch: number) => void;
  readonly onSilentMajority: () => void;
  /** Rejects with NOT_CONTROLLER unless the lease is still ours. */
  readonly confirmLease: () => Promise<void>;
}

export class Reign {
  readonly topics: TopicRequests;
  readonly partitions: PartitionAdmin;
  readonly #parts: ReignParts;
  readonly #state: ReignState;
  readonly #roster: Roster;
  readonly #recoveries: Recoveries;
  readonly #writer: AssignmentWriter;
  readonly #publisher: MetadataPublisher;
  readonly #brokers: BrokerObjects;
  readonly #marks: PartitionMarks;
  readonly #waits: LedWaits;
  readonly #deletion: TopicDeletion;
  readonly #replay: Replay;
  readonly #desk: SessionDesk;
  readonly #watches: StoreWatches;
  #rebalancedMs: number;
  #drainedMs = 0;
  #unfinished: 'yes' | 'no' | 'being finished' = 'yes';

  constructor(parts: ReignParts, state: ReignState) {
    const { clock, controllerEpoch, brokerId: self } = parts;
    const { model } = state;
    this.#parts = parts;
    this.#state = state;
    this.#rebalancedMs = clock.monotonicMs();
    const roster = this.#newRoster();
    const recoveries = new Recoveries(clock);
    const { movesPerBrokerMax } = parts.config;
    const views = new PartitionViews({ clock, model, roster, recoveries, movesPerBrokerMax });
    const writer = this.#newWriter(views);
    const base = { ...parts, model, roster, writer };
    const featureLevel = () => state.featureLevel;
    this.#roster = roster;
    this.#recoveries = recoveries;
    this.#writer = writer;
    this.#waits = new LedWaits(clock);
    this.#marks = new PartitionMarks({ ...base, self });
    this.#publisher = new MetadataPublisher({ ...base, controllerId: self, featureLevel });
    this.#brokers = new BrokerObjects({
      ...base,
      onCommitted: (object) => this.#replay.broker(object),
    });
    this.#deletion = new TopicDeletion({
      ...base,
      onGone: (chunk) => this.#replay.assignment(chunk, undefined),
    });
    const orders = new CopyOrders({ clock, roster, controllerEpoch });
    const all = {
      ...base,
      recoveries,
      orders,
      waits: this.#waits,
      marks: this.#marks,
      publisher: this.#publisher,
      brokers: this.#brokers,
      deletion: this.#deletion,
    };
    this.#replay = new Replay(all);
    this.#desk = new SessionDesk(all);
    const own = new TopicAdmin({
      ...all,
      partitionsDefault: parts.config.partitionsDefault,
      onCreated: (object) => this.#replay.adopt(object),
      onTopicChanged: ({ chunks }) => {
        for (const chunk of chunks.slice(0, 1)) this.#publisher.partitionsChanged(chunk, []);
      },
    });
    const { declarations } = parts;
    this.topics =
      declarations === undefined ? own : new DeclaredTopics({ ...all, declarations, own });
    this.partitions = new PartitionAdmin({ ...all, views });
    this.#presumeAll();
    this.#watches = new StoreWatches(parts, state, this.#replay);
  }

  accept(stream: PeerStream<SessionDown, SessionUp>): void {
    this.#desk.accept(stream);
  }

  /** Nothing is written, answered or published any more. */
  close(error: MillraceError): void {
    this.#watches.close();
    this.#roster.close();
    this.#marks.close();
    this.#publisher.close();
    this.#brokers.close(error);
    this.#writer.close(error);
    this.#waits.close(error);
    this.#desk.close();
  }

  /** Rejects, `unknown`, if the store does not tell whether the changes are written: to be sent again, the same. */
  async alterPartitions(request: AlterPartitionsRequest): Promise<AlterPartitionsResponse> {
    const from = { brokerId: toBrokerId(request.brokerId), bootId: toBootId(request.bootId) };
    const answers = await Promise.all(
      request.changes.map(async (proposal) => {
        const found = this.#state.model.find(proposal.topicId, proposal.partition);
        if (found === undefined) return { code: 'UNKNOWN' as const };
        return await this.#writer.propose(found.chunk, found.index, proposal, from);
      }),
    );
    return { answers };
  }

  #newWriter(views: PartitionViews): AssignmentWriter {
    const { writeBatchMax, writesMax } = this.#parts.config;
    return new AssignmentWriter({
      ...this.#parts,
      views,
      writeBatchMax,
      writesMax,
      onCommitted: (chunk, object) => this.#replay.assignment(chunk, object),
      onSteps: (chunk, steps) => {
        for (const { index, step } of steps) this.#replay.follow(chunk, index, step);
      },
    });
  }

  #newRoster(): Roster {
    const { brokerId, config, onSilentMajority } = this.#parts;
    return new Roster({
      ...this.#parts,
      self: brokerId,
      sessionTimeoutMs: config.brokerSessionTimeoutMs,
      onChanged: (member, expired) => this.#rosterChanged(member, expired),
      onSilentMajority,
      onTick: () => this.#tick(),
    });
  }

  #rosterChanged(member: Member, expired: OpenSession | undefined): void {
    if (expired !== undefined) this.#desk.expired(expired);
    if (member.state === 'dead') this.#brokers.mark(member.brokerId);
    if (member.state !== 'live') this.#recoveries.forget(member.brokerId);
    this.#marks.rosterChanged();
    this.#marks.broker(member.brokerId);
  }

  /** Who was there under the controller before is there until it is proven dead, or silent for too long. */
  #presumeAll(): void {
    const { brokerId: self, lost } = this.#parts;
    const { model } = this.#state;
    for (const brokerId of brokersNamed(model)) {
      const status = model.brokers.get(brokerId)?.status;
      // An earlier boot of this broker: the lock of its directory proves that it is gone.
      const isGone = brokerId === self || status?.fenced === true;
      this.#roster.presume(brokerId, status, isGone ? 'dead' : 'silent');
    }
    if (lost === undefined) return;
    const { holder, silentSinceMs } = lost;
    if (silentSinceMs === undefined) this.#roster.knownDead(holder.brokerId, holder.bootId);
    else this.#roster.knownSilent(holder.brokerId, holder.bootId, silentSinceMs);
  }

  #tick(): void {
    const { clock, config, logger, declarations } = this.#parts;
    this.#marks.tick();
    this.#finish();
    const nowMs = clock.monotonicMs();
    const failed = (thrown: unknown) => {
      logger.warn('leaders or replicas are not moved', { cause: toMillraceError(thrown).message });
    };
    // The operator moves replicas where assignments are its own.
    if (declarations === undefined && nowMs - this.#drainedMs >= DRAIN_CHECK_MS) {
      this.#drainedMs = nowMs;
      this.partitions.drain().catch(failed);
    }
    if (nowMs - this.#rebalancedMs >= config.leaderRebalanceMs) {
      this.#rebalancedMs = nowMs;
      this.partitions.rebalance().catch(failed);
    }
  }

  /** What the controllers before left half done, once brokers are there to place on. */
  #finish(): void {
    if (this.#unfinished !== 'yes') return;
    this.#unfinished = 'being finished';
    const { logger } = this.#parts;
    this.topics.finish().then(
      () => {
        this.#unfinished = 'no';
      },
      (thrown: unknown) => {
        this.#unfinished = 'yes';
        logger.warn('topics are not finished', { cause: toMillraceError(thrown).message });
      },
    );
  }
}

export function notController(): MillraceError {
  return millraceError('NOT_CONTROLLER', 'this broker is not the controller');
}
