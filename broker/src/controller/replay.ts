/**
 * Replays what the store has, written by whomever, into the model, and passes it on: to the brokers, to requests that
 * wait, and to the decisions that it may change. The only way in which the state of the controller changes.
 */
import { toBrokerId } from '@millrace/core/ids';
import type { Logger } from '../io/logger.ts';
import type { StoredObject } from '../store/clusterStore.ts';
import type { AssignmentWriter } from './assignmentWriter.ts';
import type { BrokerObjects } from './brokerObjects.ts';
import type { Chunk, StoredAssignment } from './chunk.ts';
import type { ClusterModel } from './clusterModel.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import type { CopyOrders } from './copyOrders.ts';
import type { LedWaits } from './ledWaits.ts';
import type { MetadataPublisher } from './metadataPublisher.ts';
import type { NextStep } from './nextStatus.ts';
import type { PartitionMarks } from './partitionMarks.ts';
import type { ProducerIds } from './producerIds.ts';
import { partitionKey, type Recoveries } from './recoveries.ts';
import { isRecovering } from './recoveryElection.ts';
import type { Roster } from './roster.ts';
import type { TopicDeletion } from './topicDeletion.ts';

export interface ReplayParts {
  readonly controllerEpoch: number;
  readonly logger: Logger;
  readonly rulesOff: ControllerRulesOff;
  readonly model: ClusterModel;
  readonly roster: Roster;
  readonly writer: AssignmentWriter;
  readonly brokers: BrokerObjects;
  readonly marks: PartitionMarks;
  readonly publisher: MetadataPublisher;
  readonly recoveries: Recoveries;
  readonly orders: CopyOrders;
  readonly waits: LedWaits;
  readonly deletion: TopicDeletion;
  readonly producerIds: ProducerIds;
  /** Somebody has a higher epoch. */
  readonly onDeposed: () => void;
}

export class Replay {
  readonly #parts: ReplayParts;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  /** An object that the model does not have yet. */
  adopt(object: StoredAssignment): void {
    const { model, publisher, marks } = this.#parts;
    const { chunk, indexes } = model.putAssignment(object);
    publisher.partitionsChanged(chunk, indexes);
    marks.indexes(chunk, indexes);
  }

  /** As a watch or a listing shows it: what is known already, or newer, stays. */
  seen(object: StoredAssignment): void {
    const chunk = this.#parts.model.chunks.get(object.name);
    if (chunk === undefined) this.adopt(object);
    else if (object.version > chunk.object.version) this.assignment(chunk, object);
  }

  /** Older, or gone, as a watch or a listing shows it: read for certain. */
  doubted(name: string): void {
    const chunk = this.#parts.model.chunks.get(name);
    if (chunk !== undefined) this.#parts.writer.refresh(chunk, 0);
  }

  /** As it is now, even if older than what was known; undefined: it is gone. */
  assignment(chunk: Chunk, object: StoredAssignment | undefined): void {
    const { model, publisher, controllerEpoch, rulesOff, producerIds } = this.#parts;
    if (object === undefined) {
      const gone = model.removeAssignment(chunk.name);
      if (gone !== undefined) publisher.topicGone(gone.topicId);
      return;
    }
    const epoch = object.status?.controllerEpoch ?? 0;
    if (epoch > controllerEpoch && !rulesOff.has('stop-on-higher-epoch')) {
      this.#parts.onDeposed();
      return;
    }
    if (object.version < chunk.object.version) producerIds.rewound();
    const before = chunk.object.status?.partitions ?? [];
    const { spec, indexes } = model.putAssignment(object);
    if (indexes.length === 0) return;
    publisher.partitionsChanged(chunk, indexes);
    this.#parts.marks.indexes(chunk, indexes);
    let isFilled = false;
    for (const index of indexes) {
      const now = chunk.statusAt(index);
      isFilled ||= (before[index]?.adding.length ?? 0) > (now?.adding.length ?? 0);
      if (now === undefined || now.leader === null || isRecovering(now)) continue;
      this.#parts.recoveries.close(partitionKey(chunk.topicId, now.p));
    }
    if (isFilled) this.#parts.marks.reassigning();
    if (spec && object.spec.deleted) this.#parts.deletion.check(chunk.topicId);
    this.#parts.waits.changed(chunk.topicId);
  }

  broker(object: StoredObject<'Broker'>): void {
    const { model, publisher, marks, roster, brokers } = this.#parts;
    const brokerId = toBrokerId(Number(object.name));
    const before = model.brokers.get(brokerId);
    model.putBroker(object);
    publisher.brokerChanged(brokerId);
    if (before !== undefined && before.spec.draining !== object.spec.draining) {
      marks.broker(brokerId);
    }
    // Somebody else wrote its status, or a rewind took it back.
    const session = roster.get(brokerId)?.session;
    if (session !== undefined && object.status?.bootId !== session.bootId) brokers.mark(brokerId);
  }

  /** What a decision waits for, now that what it was made on is committed. */
  follow(chunk: Chunk, index: number, step: NextStep): void {
    const { orders, marks, recoveries, roster, logger } = this.#parts;
    const status = chunk.statusAt(index);
    for (const brokerId of step.create) orders.create(brokerId, chunk, index);
    if (step.create.length > 0 || step.again) marks.later(chunk, index);
    if (!step.again || status === undefined) return;
    const partition = chunk.first + index;
    const round = recoveries.open(partitionKey(chunk.topicId, partition), status.leaderEpoch);
    for (const brokerId of step.ask) {
      const copy = roster.get(brokerId)?.copies.get(chunk.topicId, partition);
      if (copy === undefined) continue;
      round.asked.add(copy.copyId);
      orders.report(brokerId, chunk, index, status.leaderEpoch);
    }
    const { recovery } = step;
    if (recovery === undefined || round.reported === recovery.intact) return;
    round.reported = recovery.intact;
    const { intact, needed } = recovery;
    const { topicName: topic } = chunk.object.spec;
    const fields = { topic, partition, intact, needed };
    logger.error('a partition waits for a recovery election', fields);
  }
}
