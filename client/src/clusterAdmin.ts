/**
 * Where partitions live and who leads them, by unary calls: as admin.ts, every call takes a deadline in milliseconds and
 * throws MillraceError.
 */
import type { AlterBrokerRequest } from '@millrace/proto/generated/millrace/v1/AlterBrokerRequest';
import type { AlterBrokerResponse__Output } from '@millrace/proto/generated/millrace/v1/AlterBrokerResponse';
import type { DescribeCopiesRequest } from '@millrace/proto/generated/millrace/v1/DescribeCopiesRequest';
import type { DescribeCopiesResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeCopiesResponse';
import type { ListReassignmentsRequest } from '@millrace/proto/generated/millrace/v1/ListReassignmentsRequest';
import type { ListReassignmentsResponse__Output } from '@millrace/proto/generated/millrace/v1/ListReassignmentsResponse';
import type { MoveLeaderRequest } from '@millrace/proto/generated/millrace/v1/MoveLeaderRequest';
import type { MoveLeaderResponse__Output } from '@millrace/proto/generated/millrace/v1/MoveLeaderResponse';
import type { ReassignRequest } from '@millrace/proto/generated/millrace/v1/ReassignRequest';
import type { ReassignResponse__Output } from '@millrace/proto/generated/millrace/v1/ReassignResponse';
import type { UncleanElectRequest } from '@millrace/proto/generated/millrace/v1/UncleanElectRequest';
import type { UncleanElectResponse__Output } from '@millrace/proto/generated/millrace/v1/UncleanElectResponse';
import type { CallOptions } from './admin.ts';
import { unaryMethod } from './serviceMethods.ts';
import type { UnaryChannel } from './unaryChannel.ts';

// To wish the same twice is to wish it once: all but the unclean election may be repeated.
const METHODS = {
  reassign: unaryMethod<ReassignRequest, ReassignResponse__Output>('Admin', 'Reassign', 'read'),
  listReassignments: unaryMethod<ListReassignmentsRequest, ListReassignmentsResponse__Output>(
    'Admin',
    'ListReassignments',
    'read',
  ),
  moveLeader: unaryMethod<MoveLeaderRequest, MoveLeaderResponse__Output>(
    'Admin',
    'MoveLeader',
    'read',
  ),
  uncleanElect: unaryMethod<UncleanElectRequest, UncleanElectResponse__Output>(
    'Admin',
    'UncleanElect',
    'write',
  ),
  alterBroker: unaryMethod<AlterBrokerRequest, AlterBrokerResponse__Output>(
    'Admin',
    'AlterBroker',
    'read',
  ),
  describeCopies: unaryMethod<DescribeCopiesRequest, DescribeCopiesResponse__Output>(
    'Admin',
    'DescribeCopies',
    'read',
  ),
};

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface PartitionReplicas extends TopicPartition {
  /** Broker ids, the preferred leader first; `cancel`: stay with those that it has. */
  readonly replicas: readonly number[] | 'cancel';
}

/** A partition whose replicas are not yet those that are wanted. */
export interface Reassignment {
  readonly topicId: string;
  readonly topicName: string;
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly wanted: readonly number[];
  /** Of the wanted: those that copy now. The others wait for their turn. */
  readonly adding: readonly number[];
  readonly isr: readonly number[];
  /** Broker id; -1: nobody leads. */
  readonly leader: number;
}

export interface BrokerChange {
  readonly brokerId: number;
  /** New partitions are placed elsewhere. */
  readonly cordoned?: boolean | undefined;
  /** Its leaders and replicas move away, as far as others can take them. */
  readonly draining?: boolean | undefined;
}

/** What the answering broker holds of a partition. */
export interface CopyDescription {
  readonly partition: number;
  /** `<broker id>:<copy id>`. */
  readonly copy: string;
  readonly logStart: number;
  /** Exclusive. */
  readonly logEnd: number;
  /** As far as this copy knows. */
  readonly highWatermark: number;
  /** Leader epoch of its last batch; -1: it is empty. */
  readonly lastEpoch: number;
  readonly sizeBytes: number;
}

export class ClusterAdmin {
  readonly #channel: UnaryChannel;

  constructor(channel: UnaryChannel) {
    this.#channel = channel;
  }

  /** Resolves once the wish is recorded; the copying follows. Nothing of it if one of them is refused. */
  async reassign(changes: readonly PartitionReplicas[], options: CallOptions = {}): Promise<void> {
    const request = {
      changes: changes.map(({ topic, partition, replicas }) =>
        replicas === 'cancel'
          ? { topicName: topic, partition, cancel: true }
          : { topicName: topic, partition, replicas: [...replicas] },
      ),
    };
    await this.#channel.call(METHODS.reassign, request, options.deadlineMs);
  }

  async listReassignments(options: CallOptions = {}): Promise<Reassignment[]> {
    const reply = await this.#channel.call(METHODS.listReassignments, {}, options.deadlineMs);
    return reply.reassignments;
  }

  /** Only to a replica in sync. */
  async moveLeader(
    { topic, partition }: TopicPartition,
    brokerId: number,
    options: CallOptions = {},
  ): Promise<void> {
    const request = { topicName: topic, partition, brokerId };
    await this.#channel.call(METHODS.moveLeader, request, options.deadlineMs);
  }

  /** The copy, `<broker id>:<copy id>`, leads; what it lacks of acknowledged records is lost. Only on a broker's own machine. */
  async uncleanElect(
    { topic, partition }: TopicPartition,
    copy: string,
    options: CallOptions = {},
  ): Promise<void> {
    const request = { topicName: topic, partition, copy };
    await this.#channel.call(METHODS.uncleanElect, request, options.deadlineMs);
  }

  async alterBroker(change: BrokerChange, options: CallOptions = {}): Promise<void> {
    const { brokerId, cordoned, draining } = change;
    const request = {
      brokerId,
      ...(cordoned === undefined ? {} : { cordoned }),
      ...(draining === undefined ? {} : { draining }),
    };
    await this.#channel.call(METHODS.alterBroker, request, options.deadlineMs);
  }

  /** Of the broker that answers alone. */
  async describeCopies(topic: string, options: CallOptions = {}): Promise<CopyDescription[]> {
    const request = { topicName: topic };
    const reply = await this.#channel.call(METHODS.describeCopies, request, options.deadlineMs);
    return reply.copies;
  }
}
