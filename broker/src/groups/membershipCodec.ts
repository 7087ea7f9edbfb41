/**
 *     Group     1: enum type (native, classic, share)  2: epoch  3: string basis  4: empty_since_ms
 *     Member    1: string instance_id  2: string client_id  3: repeated string topics  4: string pattern
 *               5: string assignor  6: session_timeout_ms  7: rebalance_timeout_ms
 *     Target    1: repeated Partitions
 *     Current   1: member_epoch  2: revision  3: enum state (stable, revoking, assigning)
 *               4: repeated Owned assigned  5: repeated Owned revoking
 */
import { type AssignorName, toAssignorName } from '@millrace/core/assignors/assign';
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type {
  CurrentValue,
  GroupType,
  GroupValue,
  MemberState,
  MemberValue,
  TargetValue,
} from './groupRecord.ts';
import {
  named,
  readOwned,
  readPartitions,
  writeOwned,
  writePartitions,
  writeStrings,
} from './recordFields.ts';

const TYPES = ['native', 'classic', 'share'] as const;
const STATES = ['stable', 'revoking', 'assigning'] as const;

export function writeGroup(writer: ProtoWriter, value: GroupValue): void {
  writer.number(4, value.emptySinceMs);
  writer.string(3, value.basis);
  writer.number(2, value.epoch);
  writer.number(1, TYPES.indexOf(value.type));
}

export function readGroup(reader: ProtoReader): GroupValue {
  let type: GroupType = 'native';
  let epoch = 0;
  let basis = '';
  let emptySinceMs = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) type = named(TYPES, reader.unsigned());
    else if (field === 2) epoch = reader.unsigned();
    else if (field === 3) basis = reader.string();
    else if (field === 4) emptySinceMs = reader.unsigned();
    else reader.skip();
  }
  return { type, epoch, basis, emptySinceMs };
}

export function writeMember(writer: ProtoWriter, value: MemberValue): void {
  writer.number(7, value.rebalanceTimeoutMs);
  writer.number(6, value.sessionTimeoutMs);
  writer.string(5, value.assignor);
  writer.string(4, value.pattern);
  writeStrings(writer, 3, value.topics);
  writer.string(2, value.clientId);
  writer.string(1, value.instanceId);
}

export function readMember(reader: ProtoReader): MemberValue {
  let instanceId = '';
  let clientId = '';
  const topics: string[] = [];
  let pattern = '';
  let assignor: AssignorName | '' = '';
  let sessionTimeoutMs = 0;
  let rebalanceTimeoutMs = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) instanceId = reader.string();
    else if (field === 2) clientId = reader.string();
    else if (field === 3) topics.push(reader.string());
    else if (field === 4) pattern = reader.string();
    else if (field === 5) assignor = toAssignorName(reader.string());
    else if (field === 6) sessionTimeoutMs = reader.unsigned();
    else if (field === 7) rebalanceTimeoutMs = reader.unsigned();
    else reader.skip();
  }
  return { instanceId, clientId, topics, pattern, assignor, sessionTimeoutMs, rebalanceTimeoutMs };
}

export function writeTarget(writer: ProtoWriter, value: TargetValue): void {
  writePartitions(writer, 1, value.partitions);
}

export function readTarget(reader: ProtoReader): TargetValue {
  const partitions = new Set<PartitionRef>();
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) readPartitions(reader.message(), partitions);
    else reader.skip();
  }
  return { partitions };
}

export function writeCurrent(writer: ProtoWriter, value: CurrentValue): void {
  writeOwned(writer, 5, value.revoking);
  writeOwned(writer, 4, value.assigned);
  writer.number(3, STATES.indexOf(value.state));
  writer.number(2, value.revision);
  writer.number(1, value.memberEpoch);
}

export function readCurrent(reader: ProtoReader): CurrentValue {
  let memberEpoch = 0;
  let revision = 0;
  let state: MemberState = 'stable';
  const assigned = new Map<PartitionRef, number>();
  const revoking = new Map<PartitionRef, number>();
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) memberEpoch = reader.unsigned();
    else if (field === 2) revision = reader.unsigned();
    else if (field === 3) state = named(STATES, reader.unsigned());
    else if (field === 4) readOwned(reader.message(), assigned);
    else if (field === 5) readOwned(reader.message(), revoking);
    else reader.skip();
  }
  return { memberEpoch, revision, state, assigned, revoking };
}
