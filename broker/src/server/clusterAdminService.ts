/**
 * The part of millrace.v1.Admin that moves partitions and leaders between brokers. The controller carries it out; what a
 * client names is checked where it arrives and again by the controller.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { type BrokerId, INT32_MAX, toBrokerId } from '@millrace/core/ids';
import { brokerOf } from '@millrace/core/resources/partitionAssignment';
import type { AlterBrokerRequest__Output } from '@millrace/proto/generated/millrace/v1/AlterBrokerRequest';
import type { AlterBrokerResponse } from '@millrace/proto/generated/millrace/v1/AlterBrokerResponse';
import type { DescribeCopiesRequest__Output } from '@millrace/proto/generated/millrace/v1/DescribeCopiesRequest';
import type { DescribeCopiesResponse } from '@millrace/proto/generated/millrace/v1/DescribeCopiesResponse';
import type { ListReassignmentsRequest__Output } from '@millrace/proto/generated/millrace/v1/ListReassignmentsRequest';
import type { ListReassignmentsResponse } from '@millrace/proto/generated/millrace/v1/ListReassignmentsResponse';
import type { MoveLeaderRequest__Output } from '@millrace/proto/generated/millrace/v1/MoveLeaderRequest';
import type { MoveLeaderResponse } from '@millrace/proto/generated/millrace/v1/MoveLeaderResponse';
import type { PartitionReassignment__Output } from '@millrace/proto/generated/millrace/v1/PartitionReassignment';
import type { ReassignRequest__Output } from '@millrace/proto/generated/millrace/v1/ReassignRequest';
import type { ReassignResponse } from '@millrace/proto/generated/millrace/v1/ReassignResponse';
import type { UncleanElectRequest__Output } from '@millrace/proto/generated/millrace/v1/UncleanElectRequest';
import type { UncleanElectResponse } from '@millrace/proto/generated/millrace/v1/UncleanElectResponse';
import type { MetadataCache } from '../cluster/metadataCache.ts';
import type { PendingReassignment, Reassignment } from '../controller/adminRequests.ts';
import { PREPARE_STOP } from '../peer/peerMethods.ts';
import type { ServerContext } from './context.ts';
import { onlyLocally } from './locality.ts';
import { naturalUpTo, toPartition } from './requests.ts';

const CHANGES_MAX = 10_000;

/** Its methods by name. */
export function clusterAdmin(context: ServerContext) {
  const { engine, controllerMethods } = context;
  controllerMethods.fromPeers<{ readonly brokerId: number }, unknown>(
    PREPARE_STOP,
    async ({ brokerId }) =>
      await engine.controller.prepareStop({ brokerId: toBroker('broker_id', brokerId) }),
  );
  return {
    Reassign: reassign(context),
    ListReassignments: listReassignments(context),
    MoveLeader: moveLeader(context),
    UncleanElect: uncleanElect(context),
    AlterBroker: alterBroker(context),
    DescribeCopies: describeCopies(context),
  };
}

function reassign(context: ServerContext) {
  return context.controllerMethods.handler<ReassignRequest__Output, ReassignResponse>(
    context,
    'Admin',
    'Reassign',
    async ({ changes }) => {
      if (changes.length === 0 || changes.length > CHANGES_MAX) {
        throw invalid(`changes are ${changes.length}, not 1 to ${CHANGES_MAX}`);
      }
      await context.engine.controller.reassign(changes.map(toReassignment));
      return {};
    },
  );
}

function toReassignment(change: PartitionReassignment__Output): Reassignment {
  const { partition, replicas, cancel } = change;
  if (cancel && replicas.length > 0) throw invalid('replicas are given, and cancel is set');
  return {
    reference: change,
    partition: toPartition(partition),
    replicas: cancel ? null : replicas.map((brokerId) => toBroker('replicas', brokerId)),
  };
}

function listReassignments(context: ServerContext) {
  return context.controllerMethods.handler<
    ListReassignmentsRequest__Output,
    ListReassignmentsResponse
  >(context, 'Admin', 'ListReassignments', () => {
    const reassignments = context.engine.controller.reassignments().map(describeReassignment);
    return Promise.resolve({ reassignments });
  });
}

function describeReassignment({ topicId, topicName, status, wanted }: PendingReassignment) {
  const { p, replicas, adding, isr, leader } = status;
  return {
    topicId,
    topicName,
    partition: p,
    replicas: [...replicas],
    wanted: [...wanted],
    adding: [...adding],
    isr: isr.map(brokerOf),
    leader: leader === null ? -1 : brokerOf(leader),
  };
}

function moveLeader(context: ServerContext) {
  const { engine } = context;
  const heard = async (request: MoveLeaderRequest__Output): Promise<void> => {
    await engine.admin.heardThat((metadata) => leads(metadata, request));
  };
  return context.controllerMethods.handler<MoveLeaderRequest__Output, MoveLeaderResponse>(
    context,
    'Admin',
    'MoveLeader',
    async (request) => {
      const partition = toPartition(request.partition);
      const brokerId = toBroker('broker_id', request.brokerId);
      await engine.controller.moveLeaders([{ reference: request, partition, brokerId }]);
      await heard(request);
      return {};
    },
    (_response, request) => heard(request),
  );
}

function leads(metadata: MetadataCache, request: MoveLeaderRequest__Output): boolean {
  const { topicId = '', topicName = '', partition, brokerId } = request;
  for (const topic of metadata.topics()) {
    if (topicId === '' ? topic.name !== topicName || topic.deleted : topic.topicId !== topicId) {
      continue;
    }
    const leader = topic.partitions[partition]?.leader ?? null;
    return leader !== null && brokerOf(leader) === brokerId;
  }
  return false;
}

function uncleanElect(context: ServerContext) {
  const elect = context.controllerMethods.handler<
    UncleanElectRequest__Output,
    UncleanElectResponse
  >(context, 'Admin', 'UncleanElect', async (request) => {
    const { copy } = request;
    const partition = toPartition(request.partition);
    if (!/^\d{1,10}:[0-9a-f]{12}$/.test(copy)) {
      const shown = JSON.stringify(copy.slice(0, 100));
      throw invalid(`copy ${shown} is not "<broker id>:<copy id>"`);
    }
    await context.engine.controller.uncleanElect({ reference: request, partition, copy });
    return {};
  });
  // There are no principals yet who could be named (contracts.md, authorization).
  return onlyLocally(context, 'UncleanElect', elect);
}

function alterBroker(context: ServerContext) {
  const { engine } = context;
  const heard = async (request: AlterBrokerRequest__Output): Promise<void> => {
    const { cordoned, draining } = request;
    await engine.admin.heardThat((metadata) => {
      const known = metadata.broker(request.brokerId as BrokerId);
      return (
        known?.cordoned === (cordoned ?? known?.cordoned) &&
        known?.draining === (draining ?? known?.draining)
      );
    });
  };
  return context.controllerMethods.handler<AlterBrokerRequest__Output, AlterBrokerResponse>(
    context,
    'Admin',
    'AlterBroker',
    async (request) => {
      const { cordoned, draining } = request;
      if (cordoned === undefined && draining === undefined) {
        throw invalid('neither cordoned nor draining is given');
      }
      const brokerId = toBroker('broker_id', request.brokerId);
      await engine.controller.setBroker({ brokerId, cordoned, draining });
      await heard(request);
      return {};
    },
    (_response, request) => heard(request),
  );
}

function describeCopies(context: ServerContext) {
  return context.unary<DescribeCopiesRequest__Output, DescribeCopiesResponse>(
    'DescribeCopies',
    (request) => {
      const { partitions } = context.engine.topics.resolve(request);
      const copies = partitions.flatMap((partition) => {
        if (partition === undefined) return [];
        const { log, copyName, highWatermark, identity } = partition;
        const { logStartOffset: logStart, logEndOffset: logEnd, lastEpoch, sizeBytes } = log;
        const positions = { logStart, logEnd, highWatermark, lastEpoch, sizeBytes };
        return [{ partition: identity.partition, copy: copyName, ...positions }];
      });
      return Promise.resolve({ copies });
    },
  );
}

function toBroker(field: string, value: number): BrokerId {
  return toBrokerId(naturalUpTo(field, value, INT32_MAX));
}

function invalid(message: string): MillraceError {
  return millraceError('INVALID_REQUEST', message);
}
