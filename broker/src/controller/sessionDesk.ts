/** What brokers say on their sessions, turned into changes of the roster and into partitions to decide again. */
import { millraceError } from '@millrace/core/errors';
import type { ClusterId } from '@millrace/core/ids';
import type { CopyReport, Register, SessionUp } from '../cluster/sessionMessages.ts';
import type { PeerStream } from '../cluster/peerTransport.ts';
import type { SessionDown } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { AssignmentWriter } from './assignmentWriter.ts';
import type { BrokerObjects } from './brokerObjects.ts';
import { BrokerSession, type SessionEvents } from './brokerSession.ts';
import type { ClusterModel } from './clusterModel.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import type { CopyTable } from './copyTable.ts';
import { resigned } from './leaderChoice.ts';
import type { LedWaits } from './ledWaits.ts';
import type { Member, OpenSession } from './member.ts';
import type { MetadataPublisher } from './metadataPublisher.ts';
import type { PartitionMarks } from './partitionMarks.ts';
import { partitionKey, type Recoveries } from './recoveries.ts';
import type { Roster } from './roster.ts';
import type { TopicDeletion } from './topicDeletion.ts';

/** A disk that takes nothing for so long: its leaders move. */
const DISK_FULL_MS_MAX = 10_000;
const AVOIDED_MS = 30_000;
/** No cluster has had so many: what reports a higher one is broken. */
const EPOCH_MAX = 2 ** 50;

export interface SessionDeskParts {
  readonly clusterId: ClusterId;
  readonly controllerEpoch: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly model: ClusterModel;
  readonly roster: Roster;
  readonly writer: AssignmentWriter;
  readonly marks: PartitionMarks;
  readonly publisher: MetadataPublisher;
  readonly brokers: BrokerObjects;
  readonly recoveries: Recoveries;
  readonly deletion: TopicDeletion;
  readonly waits: LedWaits;
  readonly rulesOff: ControllerRulesOff;
  readonly onHigherEpoch: (epoch: number) => void;
}

export class SessionDesk implements SessionEvents {
  readonly #parts: SessionDeskParts;
  readonly #sessions = new Set<BrokerSession>();
  readonly #fullSinceMs = new Map<BrokerSession, number>();

  constructor(parts: SessionDeskParts) {
    this.#parts = parts;
  }

  accept(stream: PeerStream<SessionDown, SessionUp>): void {
    this.#sessions.add(new BrokerSession(stream, this.#parts.clusterId, this));
  }

  close(): void {
    const error = millraceError('NOT_CONTROLLER', 'this broker is not the controller any more');
    for (const session of this.#sessions) session.fence('not-controller', error);
    this.#sessions.clear();
  }

  registered(session: BrokerSession, register: Register, copies: CopyTable): void {
    const { roster, publisher, brokers, recoveries, logger, controllerEpoch } = this.#parts;
    const { brokerId, bootId, rack, endpoints, features } = register;
    if (register.controllerEpoch > EPOCH_MAX || !roster.mayRegister(brokerId, bootId)) {
      const error = millraceError('FENCED_EPOCH', `a newer process is broker ${brokerId}`);
      session.fence('newer-boot', error);
      this.#sessions.delete(session);
      return;
    }
    if (register.controllerEpoch > controllerEpoch) {
      logger.warn('a broker knows a higher controller epoch than the cluster store', {
        brokerId,
        controllerEpoch: register.controllerEpoch,
      });
      this.#parts.onHigherEpoch(register.controllerEpoch);
      return;
    }
    const older = roster.register(brokerId, { bootId, rack, endpoints, features }, session);
    if (older !== undefined) this.#replace(older as BrokerSession, session);
    const member = roster.get(brokerId);
    if (member === undefined) return;
    member.copies = copies;
    recoveries.forget(brokerId);
    logger.info('a broker registered', { brokerId, bootId });
    publisher.add(session);
    brokers.mark(brokerId);
    for (const copy of copies.all()) this.#compare(copy);
    this.#changed(member);
  }

  heard(session: BrokerSession): void {
    this.#parts.roster.heard(session.brokerId, session);
  }

  received(session: BrokerSession, message: Exclude<SessionUp, Register>): void {
    const member = this.#parts.roster.get(session.brokerId);
    if (member?.session !== session) {
      this.expired(session);
      return;
    }
    switch (message.kind) {
      case 'heartbeat':
        this.#parts.publisher.heartbeat(session, message.metadataSeq);
        this.#disk(member, session, message.diskState);
        return;
      case 'copies':
        for (const copy of message.copies) this.#reported(member, copy);
        return;
      case 'copyFailed': {
        const { topicId, partition, error } = message;
        session.creating.delete(partitionKey(topicId, partition));
        this.#parts.logger.warn('a broker could not create a copy', {
          brokerId: session.brokerId,
          topicId,
          partition,
          cause: error.message,
        });
        this.#parts.waits.failed(topicId, error);
        return;
      }
      case 'resigned':
        this.#resigned(member, message);
        return;
      case 'stopping':
        member.stopping = true;
        this.#parts.marks.broker(member.brokerId);
        return;
      case 'deleted':
        this.#parts.deletion.confirmed(member.brokerId, message.topicId);
        return;
    }
  }

  drained(session: BrokerSession): void {
    this.#parts.publisher.drained(session);
  }

  ended(session: BrokerSession): void {
    this.#forget(session);
    this.#parts.roster.lost(session.brokerId, session);
  }

  /** It was silent for so long that the broker counts as lost: who is alive after all registers anew. */
  expired(session: OpenSession): void {
    for (const each of this.#sessions) {
      if (each !== session) continue;
      this.#forget(each);
      each.close(millraceError('UNAVAILABLE', 'the session expired: the broker was silent'));
    }
  }

  #replace(older: BrokerSession, session: BrokerSession): void {
    this.#forget(older);
    const isNewer = older.bootId !== session.bootId;
    const error = millraceError('FENCED_EPOCH', `a newer process is broker ${session.brokerId}`);
    if (isNewer && !this.#parts.rulesOff.has('newest-boot-wins')) {
      older.fence('newer-boot', error);
    } else {
      older.close(millraceError('CANCELLED', 'the broker opened another session'));
    }
  }

  #forget(session: BrokerSession): void {
    this.#sessions.delete(session);
    this.#fullSinceMs.delete(session);
    this.#parts.publisher.remove(session);
  }

  #changed(member: Member): void {
    const { marks, deletion } = this.#parts;
    marks.rosterChanged();
    marks.broker(member.brokerId);
    deletion.checkAll();
  }

  #reported(member: Member, copy: CopyReport): void {
    const { model, recoveries, marks, waits } = this.#parts;
    const { session } = member;
    if (session === undefined) return;
    const key = partitionKey(copy.topicId, copy.partition);
    member.copies.put(copy);
    session.creating.delete(key);
    const asked = session.asked.get(key);
    if (asked !== undefined) recoveries.answer(member.brokerId, copy, asked);
    if (this.#compare(copy)) return;
    const found = model.find(copy.topicId, copy.partition);
    if (found !== undefined) marks.one(found.chunk, found.index);
    else waits.changed(copy.topicId);
  }

  /** What a broker has seen and the model has not is in the store, or the store was rewound: it is read. */
  #compare(copy: CopyReport): boolean {
    const { model, writer } = this.#parts;
    const found = model.find(copy.topicId, copy.partition);
    if (found === undefined) return false;
    const status = found.chunk.statusAt(found.index);
    const leaderEpoch = Math.max(copy.lastEpoch, copy.adoptedEpoch, copy.seenLeaderEpoch);
    const isNewer =
      leaderEpoch > (status?.leaderEpoch ?? -1) || copy.seenEpoch > (status?.epoch ?? 0);
    if (isNewer) writer.refresh(found.chunk, found.index);
    return isNewer;
  }

  #resigned(member: Member, message: Extract<SessionUp, { kind: 'resigned' }>): void {
    const { model, writer, rulesOff, logger } = this.#parts;
    const found = model.find(message.topicId, message.partition);
    if (found === undefined) return;
    const { brokerId } = member;
    writer
      .command(found.chunk, found.index, (status, view) =>
        resigned(status, view, brokerId, message, rulesOff),
      )
      .catch((error: unknown) => {
        logger.warn('a leader that resigned is not replaced yet', { cause: String(error) });
      });
  }

  #disk(member: Member, session: BrokerSession, state: 'ok' | 'full' | 'failed'): void {
    const { clock, marks } = this.#parts;
    if (state === 'failed') {
      if (member.stopping) return;
      member.stopping = true;
      marks.broker(member.brokerId);
      return;
    }
    if (state === 'ok') {
      this.#fullSinceMs.delete(session);
      return;
    }
    const nowMs = clock.monotonicMs();
    const sinceMs = this.#fullSinceMs.get(session) ?? nowMs;
    this.#fullSinceMs.set(session, sinceMs);
    if (nowMs - sinceMs < DISK_FULL_MS_MAX) return;
    const wasAvoided = member.avoidedUntilMs > nowMs;
    member.avoidedUntilMs = nowMs + AVOIDED_MS;
    if (!wasAvoided) marks.broker(member.brokerId);
  }
}
