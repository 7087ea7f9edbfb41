/** What people and programs ask of single partitions and brokers: replicas, leaders, drains, stops. */
import { MillraceError, millraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import type { AssignmentSpec } from '@millrace/core/resources/partitionAssignment';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type {
  BrokerSetting,
  LeaderMove,
  PartitionReference,
  PendingReassignment,
  Reassignment,
  StopAnswer,
  UncleanElection,
} from './adminRequests.ts';
import type { AssignmentWriter } from './assignmentWriter.ts';
import { placeableBrokers } from './brokerLoads.ts';
import type { BrokerObjects } from './brokerObjects.ts';
import type { Chunk } from './chunk.ts';
import type { ClusterModel } from './clusterModel.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import { brokerOf } from './copyNames.ts';
import { drained } from './drainPlan.ts';
import { leaderMoved, preferredLeader, uncleanElected } from './leaderChoice.ts';
import type { PartitionViews } from './partitionViews.ts';
import type { Roster } from './roster.ts';

/** A prepared stop that does not come is forgotten. */
const PREPARED_MS = 120_000;

export interface PartitionAdminParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly model: ClusterModel;
  readonly roster: Roster;
  readonly views: PartitionViews;
  readonly writer: AssignmentWriter;
  readonly brokers: BrokerObjects;
  readonly rulesOff: ControllerRulesOff;
  /** Rejects with NOT_CONTROLLER unless the lease is still this controller's. */
  readonly confirmLease: () => Promise<void>;
}

export class PartitionAdmin {
  readonly #parts: PartitionAdminParts;

  constructor(parts: PartitionAdminParts) {
    this.#parts = parts;
  }

  /** Resolves once the wish is stored; the copying follows. Rejects with UNKNOWN_TOPIC, UNKNOWN_PARTITION, INVALID_REQUEST. */
  async reassign(changes: readonly Reassignment[]): Promise<void> {
    const { model, writer } = this.#parts;
    const byChunk = new Map<Chunk, Map<number, readonly BrokerId[] | null>>();
    for (const { reference, partition, replicas } of changes) {
      const { chunk, index } = model.locate(model.resolve(reference), partition);
      if (replicas !== null) {
        this.#checkReplicas(replicas);
        checkEnough(replicas, chunk.statusAt(index)?.minIsr ?? 1);
      }
      const wanted = byChunk.get(chunk) ?? new Map<number, readonly BrokerId[] | null>();
      wanted.set(index, replicas);
      byChunk.set(chunk, wanted);
    }
    await Promise.all(
      [...byChunk].map(([chunk, wanted]) =>
        writer.changeSpec(chunk, (spec) =>
          withReplicas(spec, (index, before) => {
            const replicas = wanted.get(index);
            if (replicas === undefined) return before;
            return replicas ?? chunk.statusAt(index)?.replicas ?? before;
          }),
        ),
      ),
    );
  }

  /** Those that copy, and those that wait for their turn. */
  reassignments(): readonly PendingReassignment[] {
    const pending: PendingReassignment[] = [];
    for (const { topicId, object } of this.#parts.model.chunks.values()) {
      const { deleted, topicName, replicas } = object.spec;
      if (deleted) continue;
      for (const [index, status] of (object.status?.partitions ?? []).entries()) {
        const wanted = replicas[index] ?? status.replicas;
        const same =
          wanted.length === status.replicas.length && wanted.every(isAt(status.replicas));
        if (same && status.adding.length === 0) continue;
        pending.push({ topicId, topicName, status, wanted });
      }
    }
    return pending;
  }

  /** Resolves once all are written. Rejects with INVALID_REQUEST for a broker that is not in sync. */
  async moveLeaders(moves: readonly LeaderMove[]): Promise<void> {
    const { model, writer, rulesOff } = this.#parts;
    await Promise.all(
      moves.map(({ reference, partition, brokerId }) => {
        const { chunk, index } = model.locate(model.resolve(reference), partition);
        return writer.command(chunk, index, (status, view) =>
          leaderMoved(status, view, brokerId, rulesOff),
        );
      }),
    );
  }

  /** Records for ever that records may be lost. Rejects with INVALID_REQUEST. */
  async uncleanElect({ reference, partition, copy }: UncleanElection): Promise<void> {
    const { model, writer, rulesOff, logger } = this.#parts;
    const entry = model.resolve(reference);
    const { chunk, index } = model.locate(entry, partition);
    const status = await writer.command(chunk, index, (before, view) =>
      uncleanElected(before, view, copy, rulesOff),
    );
    const { uncleanEpoch } = status;
    logger.error('unclean election: records may be lost', {
      topic: entry.name,
      partition,
      uncleanEpoch,
    });
  }

  async setBroker({ brokerId, cordoned, draining }: BrokerSetting): Promise<void> {
    await this.#parts.brokers.changeSpec(brokerId, (spec) => ({
      cordoned: cordoned ?? spec.cordoned,
      draining: draining ?? spec.draining,
    }));
    await this.drain();
  }

  /** Replicas of draining brokers are wanted elsewhere. Repeated until none is left, or nobody can take them. */
  async drain(): Promise<void> {
    const { model, roster, writer } = this.#parts;
    const draining = new Set(
      [...model.brokers].filter(([, { spec }]) => spec.draining).map(([brokerId]) => brokerId),
    );
    if (draining.size === 0) return;
    const loads = new Map(placeableBrokers(model, roster).map((broker) => [broker.id, broker]));
    const changes: Promise<void>[] = [];
    for (const chunk of model.chunks.values()) {
      const { spec } = chunk.object;
      if (spec.deleted) continue;
      const plan = spec.replicas.map((replicas) => drained(replicas, draining, loads));
      if (plan.every((replicas, index) => replicas === spec.replicas[index])) continue;
      changes.push(
        writer.changeSpec(chunk, (newest) =>
          withReplicas(newest, (index, before) =>
            before === spec.replicas[index] ? (plan[index] ?? before) : before,
          ),
        ),
      );
    }
    await Promise.all(changes);
  }

  /** Leaders back to their preferred replicas. */
  async rebalance(): Promise<void> {
    const { model, views, writer, rulesOff } = this.#parts;
    const moves: Promise<unknown>[] = [];
    for (const chunk of model.chunks.values()) {
      for (const [index, status] of (chunk.object.status?.partitions ?? []).entries()) {
        const to = preferredLeader(status, views.of(chunk, index, status));
        if (to === undefined) continue;
        moves.push(
          writer.command(chunk, index, (newest, view) => {
            const still = preferredLeader(newest, view) === to;
            return still ? leaderMoved(newest, view, to, rulesOff) : newest;
          }),
        );
      }
    }
    await Promise.all(moves);
  }

  /** Whether the broker may be stopped; if so its leaderships are moved away first (contracts.md, Restart of a pod). */
  async prepareStop(brokerId: BrokerId): Promise<StopAnswer> {
    const { model, roster, clock, writer, views, rulesOff, confirmLease } = this.#parts;
    const member = roster.get(brokerId);
    if (member === undefined)
      throw millraceError('INVALID_REQUEST', `there is no broker ${brokerId}`);
    await confirmLease();
    const waiting: PartitionReference[] = [];
    const led: { chunk: Chunk; index: number }[] = [];
    for (const chunk of model.chunks.values()) {
      if (chunk.object.spec.deleted) continue;
      for (const [index, { p, isr, replicas, minIsr, leader }] of (
        chunk.object.status?.partitions ?? []
      ).entries()) {
        if (leader !== null && brokerOf(leader) === brokerId) led.push({ chunk, index });
        if (!replicas.includes(brokerId) || replicas.length <= minIsr) continue;
        const others = isr.filter((copy) => brokerOf(copy) !== brokerId);
        if (others.length < minIsr) waiting.push({ topicId: chunk.topicId, partition: p });
      }
    }
    if (waiting.length > 0) return { ready: false, waiting };
    member.avoidedUntilMs = clock.monotonicMs() + PREPARED_MS;
    await Promise.all(
      led.map(({ chunk, index }) =>
        writer.command(chunk, index, (status, view) => {
          const to = bestOther(view, brokerId, status.isr.map(brokerOf));
          return to === undefined ? status : leaderMoved(status, view, to, rulesOff);
        }),
      ),
    );
    views.recount();
    return { ready: true, waiting: [] };
  }

  /** Throws INVALID_REQUEST. */
  #checkReplicas(replicas: readonly BrokerId[]): void {
    if (replicas.length === 0 || new Set(replicas).size !== replicas.length) {
      throw millraceError(
        'INVALID_REQUEST',
        `replicas [${replicas.join(', ')}] are none, or one twice`,
      );
    }
    const { roster, model } = this.#parts;
    for (const brokerId of replicas) {
      if (roster.get(brokerId) !== undefined || model.brokers.has(brokerId)) continue;
      throw new MillraceError('INVALID_REQUEST', `there is no broker ${brokerId}`);
    }
  }
}

/** With fewer it would never be done: they could not acknowledge. Throws INVALID_REQUEST. */
function checkEnough(replicas: readonly BrokerId[], minIsr: number): void {
  if (replicas.length >= minIsr) return;
  throw millraceError(
    'INVALID_REQUEST',
    `replicas [${replicas.join(', ')}] are fewer than the ${minIsr} that must be in sync (minInsyncReplicas)`,
  );
}

function isAt(list: readonly BrokerId[]): (brokerId: BrokerId, index: number) => boolean {
  return (brokerId, index) => list[index] === brokerId;
}

function bestOther(
  view: Parameters<typeof preferredLeader>[1],
  brokerId: BrokerId,
  inSync: readonly BrokerId[],
): BrokerId | undefined {
  return view.replicas.find(
    (replica) =>
      replica.brokerId !== brokerId &&
      replica.state === 'live' &&
      !replica.avoided &&
      !replica.leaving &&
      inSync.includes(replica.brokerId) &&
      replica.copy !== undefined,
  )?.brokerId;
}

/** The spec with what `wanted` makes of each partition's replicas; the same value if that is what they are. */
function withReplicas(
  spec: AssignmentSpec,
  wanted: (index: number, before: readonly BrokerId[]) => readonly BrokerId[],
): AssignmentSpec {
  const replicas = spec.replicas.map((before, index) => wanted(index, before));
  return replicas.every((list, index) => list === spec.replicas[index])
    ? spec
    : { ...spec, replicas };
}
