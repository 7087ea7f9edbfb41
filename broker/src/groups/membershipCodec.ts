/**
 *     Group     1: enum type (native, classic, share)  2: epoch  3: assignment_epoch  4: string universe
 *               5: empty_since_ms
 *     Member    1: string instance_id  2: string client_id  3: repeated string topics  4: string pattern
 *               5: string assignor  6: session_timeout_ms  7: rebalance_timeout_ms
 *     Target    1: repeated Partitions
 *     Current   1: member_epoch  2: previous_epoch  3: revision  4: enum state (stable, revoking, assigning)
 *               5: repeated Partitions assigned  6: repeated Partitions revoking
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
import { named, readPartitions, writePartitions, writeStrings } from './recordFields.ts';

const TYPES = ['native', 'classic', 'share'] as const;
const STATES = ['stable', 'revoking', 'assigning'] as const;

export function writeGroup(writer: ProtoWriter, value: GroupValue): void {
  writer.number(5, value.emptySinceMs);
  writer.string(4, value.universe);
  writer.number(3, value.assignmentEpoch);
  writer.number(2, value.epoch);
  writer.number(1, TYPES.indexOf(value.type));
}

export function readGroup(reader: ProtoReader): GroupValue {
  let type: GroupType = 'native';
  let epoch = 0;
  let assignmentEpoch = 0;
  let universe = '';
  let emptySinceMs = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) type = named(TYPES, reader.unsigned());
    else if (field === 2) epoch = reader.unsigned();
    else if (field === 3) assignmentEpoch = reader.unsigned();
    else if (field === 4) universe = reader.string();
    else if (field === 5) emptySinceMs = reader.unsigned();
    else reader.skip();
  }
  return { type, epoch, assignmentEpoch, universe, emptySinceMs };
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
  writePartitions(writer, 6, value.revoking);
  writePartitions(writer, 5, value.assigned);
  writer.number(4, STATES.indexOf(value.state));
  writer.number(3, value.revision);
  writer.number(2, value.previousEpoch);
  writer.number(1, value.memberEpoch);
}

export function readCurrent(reader: ProtoReader): CurrentValue {
  let memberEpoch = 0;
  let previousEpoch = 0;
  let revision = 0;
  let state: MemberState = 'stable';
  const assigned = new Set<PartitionRef>();
  const revoking = new Set<PartitionRef>();
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) memberEpoch = reader.unsigned();
    else if (field === 2) previousEpoch = reader.unsigned();
    else if (field === 3) revision = reader.unsigned();
    else if (field === 4) state = named(STATES, reader.unsigned());
    else if (field === 5) readPartitions(reader.message(), assigned);
    else if (field === 6) readPartitions(reader.message(), revoking);
    else reader.skip();
  }
  return { memberEpoch, previousEpoch, revision, state, assigned, revoking };
}
