/**
 *     Declaration   1: string uid  2: uint64 generation  3: Spec (absent: withdrawn)
 *     Spec          1: repeated string topics  2: string assignor  3: session_timeout_ms  4: rebalance_timeout_ms
 *                   5: Start  6: repeated Pin  7: bool paused
 *     Start         1: enum (earliest, latest, timestamp, duration)  2: uint64 value
 *     Pin           1: string instance_id  2: string topic  3: repeated uint32 partitions
 */
import { type AssignorName, toAssignorName } from '@millrace/core/assignors/assign';
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type { DeclarationValue, DeclaredPin, GroupSpec, StartPosition } from './groupRecord.ts';
import { named, writeStrings } from './recordFields.ts';

const STARTS = ['earliest', 'latest', 'timestamp', 'duration'] as const;

export function writeDeclaration(writer: ProtoWriter, value: DeclarationValue): void {
  if (value.spec !== undefined) {
    const mark = writer.mark();
    writeSpec(writer, value.spec);
    writer.close(3, mark);
  }
  writer.number(2, value.generation);
  writer.string(1, value.uid);
}

export function readDeclaration(reader: ProtoReader): DeclarationValue {
  let uid = '';
  let generation = 0;
  let spec: GroupSpec | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) uid = reader.string();
    else if (field === 2) generation = reader.unsigned();
    else if (field === 3) spec = readSpec(reader.message());
    else reader.skip();
  }
  return { uid, generation, spec };
}

function writeSpec(writer: ProtoWriter, spec: GroupSpec): void {
  writer.bool(7, spec.paused);
  for (const pin of [...spec.pins].reverse()) {
    const mark = writer.mark();
    writer.packedUint32(3, pin.partitions);
    writer.string(2, pin.topic);
    writer.string(1, pin.instanceId);
    writer.close(6, mark);
  }
  const mark = writer.mark();
  if ('value' in spec.start) writer.number(2, spec.start.value);
  writer.number(1, STARTS.indexOf(spec.start.kind));
  writer.close(5, mark);
  writer.number(4, spec.rebalanceTimeoutMs);
  writer.number(3, spec.sessionTimeoutMs);
  writer.string(2, spec.assignor);
  writeStrings(writer, 1, spec.topics);
}

function readSpec(reader: ProtoReader): GroupSpec {
  const topics: string[] = [];
  const pins: DeclaredPin[] = [];
  let assignor: AssignorName | '' = '';
  let sessionTimeoutMs = 0;
  let rebalanceTimeoutMs = 0;
  let start: StartPosition = { kind: 'earliest' };
  let paused = false;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topics.push(reader.string());
    else if (field === 2) assignor = toAssignorName(reader.string());
    else if (field === 3) sessionTimeoutMs = reader.unsigned();
    else if (field === 4) rebalanceTimeoutMs = reader.unsigned();
    else if (field === 5) start = readStart(reader.message());
    else if (field === 6) pins.push(readPin(reader.message()));
    else if (field === 7) paused = reader.bool();
    else reader.skip();
  }
  return { topics, assignor, sessionTimeoutMs, rebalanceTimeoutMs, start, pins, paused };
}

function readStart(reader: ProtoReader): StartPosition {
  let kind: (typeof STARTS)[number] = 'earliest';
  let value = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) kind = named(STARTS, reader.unsigned());
    else if (field === 2) value = reader.unsigned();
    else reader.skip();
  }
  return kind === 'timestamp' || kind === 'duration' ? { kind, value } : { kind };
}

function readPin(reader: ProtoReader): DeclaredPin {
  let instanceId = '';
  let topic = '';
  const partitions: number[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) instanceId = reader.string();
    else if (field === 2) topic = reader.string();
    else if (field === 3) reader.packedUint32(partitions);
    else reader.skip();
  }
  return { instanceId, topic, partitions };
}
