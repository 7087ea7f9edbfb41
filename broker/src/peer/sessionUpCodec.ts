/** millrace.peer.v1.SessionRequest: what a broker tells the controller. */
import type { MillraceError } from '@millrace/core/errors';
import {
  type BootId,
  type BrokerId,
  type ClusterId,
  type CopyId,
  type Offset,
  toBootId,
  toClusterId,
  toCopyId,
  type TopicId,
  toTopicId,
} from '@millrace/core/ids';
import { readError, writeError } from '@millrace/core/messages/error';
import { ProtoReader } from '@millrace/core/messages/protoReader';
import { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type { Endpoint, FeatureRange } from '@millrace/core/resources/broker';
import type { CopyReport, Register, SessionUp } from '../cluster/sessionMessages.ts';
import { readEndpoint, readFeatures, writeEndpoints, writeFeatures } from './brokerCodec.ts';
import {
  invalid,
  present,
  readBrokerId,
  readChoice,
  readInt32,
  readInt64,
  readName,
  readPartition,
} from './checkedFields.ts';

/** At most 160 bytes each: less than half of what a receiver takes. */
const COPIES_PER_MESSAGE = 10_000;
const DISK_STATES = ['ok', 'full', 'failed'] as const;

type Of<K extends SessionUp['kind']> = Extract<SessionUp, { kind: K }>;

/** One message, more if it reports many copies: `copies` messages follow then. */
export function encodeSessionUp(message: SessionUp): Uint8Array[][] {
  if (message.kind !== 'register' && message.kind !== 'copies') return [encode(message)];
  const { copies } = message;
  const messages: Uint8Array[][] = [];
  let from = 0;
  do {
    const slice = copies.slice(from, from + COPIES_PER_MESSAGE);
    const isFirst = from === 0;
    from += COPIES_PER_MESSAGE;
    const complete = message.complete && from >= copies.length;
    const kind = 'copies' as const;
    messages.push(
      encode(isFirst ? { ...message, copies: slice, complete } : { kind, copies: slice, complete }),
    );
  } while (from < copies.length);
  return messages;
}

/** Throws INVALID_REQUEST. */
export function decodeSessionUp(body: Buffer): SessionUp {
  const reader = new ProtoReader(body);
  let message: SessionUp | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) message = readRegister(reader.message());
    else if (field === 2) message = readCopies(reader.message());
    else if (field === 3) message = readHeartbeat(reader.message());
    else if (field === 4) message = readCopyFailed(reader.message());
    else if (field === 5) message = readDeleted(reader.message());
    else if (field === 6) message = readResigned(reader.message());
    else if (field === 7) message = readStopping(reader.message());
    else reader.skip();
  }
  if (message === undefined) throw invalid('a session message of no known kind');
  return message;
}

function encode(message: SessionUp): Uint8Array[] {
  const writer = new ProtoWriter();
  const mark = writer.mark();
  switch (message.kind) {
    case 'register':
      writeRegister(writer, message);
      writer.close(1, mark);
      break;
    case 'copies':
      writer.bool(2, message.complete);
      writeCopies(writer, 1, message.copies);
      writer.close(2, mark);
      break;
    case 'heartbeat':
      writer.number(4, DISK_STATES.indexOf(message.diskState) + 1);
      writer.number(3, Math.round(message.loopLagP99Ms * 1000));
      writer.number(2, message.metadataSeq);
      writer.string(1, message.bootId);
      writer.close(3, mark);
      break;
    case 'copyFailed':
      writeError(writer, 3, message.error);
      writer.number(2, message.partition);
      writer.string(1, message.topicId);
      writer.close(4, mark);
      break;
    case 'deleted':
      writer.string(1, message.topicId);
      writer.close(5, mark);
      break;
    case 'resigned':
      if (message.isDamaged) writer.bool(4, true);
      writer.number(3, message.leaderEpoch);
      writer.number(2, message.partition);
      writer.string(1, message.topicId);
      writer.close(6, mark);
      break;
    case 'stopping':
      writer.close(7, mark);
      break;
  }
  return writer.finish();
}

function writeRegister(writer: ProtoWriter, register: Register): void {
  writer.bool(9, register.complete);
  writeCopies(writer, 8, register.copies);
  writer.number(7, register.controllerEpoch);
  writeFeatures(writer, 6, register.features);
  writer.string(5, register.rack);
  writeEndpoints(writer, 4, register.endpoints);
  writer.string(3, register.clusterId);
  writer.string(2, register.bootId);
  writer.number(1, register.brokerId);
}

function readRegister(reader: ProtoReader): Register {
  let brokerId = 0 as BrokerId;
  let bootId: BootId | undefined;
  let clusterId: ClusterId | undefined;
  let rack = '';
  let features: FeatureRange | undefined;
  let controllerEpoch = 0;
  let complete = false;
  const endpoints: Endpoint[] = [];
  const copies: CopyReport[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) brokerId = readBrokerId(reader);
    else if (field === 2) bootId = toBootId(reader.string());
    else if (field === 3) clusterId = toClusterId(reader.string());
    else if (field === 4) endpoints.push(readEndpoint(reader.message()));
    else if (field === 5) rack = readName(reader, 'rack');
    else if (field === 6) features = readFeatures(reader.message());
    else if (field === 7) controllerEpoch = readInt64(reader, 'controller epoch');
    else if (field === 8) copies.push(readCopy(reader.message()));
    else if (field === 9) complete = reader.bool();
    else reader.skip();
  }
  return {
    kind: 'register',
    brokerId,
    bootId: present(bootId, 'boot id'),
    clusterId: present(clusterId, 'cluster id'),
    endpoints,
    rack,
    features: present(features, 'range of feature levels'),
    controllerEpoch,
    copies,
    complete,
  };
}

function writeCopies(writer: ProtoWriter, field: number, copies: readonly CopyReport[]): void {
  for (let index = copies.length - 1; index >= 0; index--) {
    const copy = copies[index];
    if (copy === undefined) continue;
    const mark = writer.mark();
    if (copy.minIsr !== null) writer.present(10, copy.minIsr);
    writer.bool(9, copy.wasIsr);
    writer.number(8, copy.durableEnd);
    writeEpoch(writer, 7, copy.seenEpoch);
    writeEpoch(writer, 6, copy.seenLeaderEpoch);
    writeEpoch(writer, 5, copy.adoptedEpoch);
    writeEpoch(writer, 4, copy.lastEpoch);
    writer.string(3, copy.copyId);
    writer.number(2, copy.partition);
    writer.string(1, copy.topicId);
    writer.close(field, mark);
  }
}

function readCopies(reader: ProtoReader): Of<'copies'> {
  const copies: CopyReport[] = [];
  let complete = false;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) copies.push(readCopy(reader.message()));
    else if (field === 2) complete = reader.bool();
    else reader.skip();
  }
  return { kind: 'copies', copies, complete };
}

/** -1, none, takes ten bytes as a number and none when absent. */
function writeEpoch(writer: ProtoWriter, field: number, epoch: number): void {
  if (epoch !== -1) writer.present(field, epoch);
}

function readCopy(reader: ProtoReader): CopyReport {
  let topicId: TopicId | undefined;
  let copyId: CopyId | undefined;
  const epochs = { lastEpoch: -1, adoptedEpoch: -1, seenLeaderEpoch: -1, seenEpoch: -1 };
  let partition = 0;
  let durableEnd = 0 as Offset;
  let wasIsr = false;
  let minIsr: number | null = null;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = toTopicId(reader.string());
    else if (field === 2) partition = readPartition(reader);
    else if (field === 3) copyId = toCopyId(reader.string());
    else if (field === 4) epochs.lastEpoch = readInt32(reader, 'last epoch', -1);
    else if (field === 5) epochs.adoptedEpoch = readInt32(reader, 'adopted epoch', -1);
    else if (field === 6) epochs.seenLeaderEpoch = readInt32(reader, 'seen leader epoch', -1);
    else if (field === 7) epochs.seenEpoch = readInt32(reader, 'seen epoch', -1);
    else if (field === 8) durableEnd = readInt64(reader, 'durable end') as Offset;
    else if (field === 9) wasIsr = reader.bool();
    else if (field === 10) minIsr = readInt32(reader, 'minIsr', 1);
    else reader.skip();
  }
  return {
    topicId: present(topicId, 'topic id'),
    partition,
    copyId: present(copyId, 'copy id'),
    ...epochs,
    durableEnd,
    wasIsr,
    minIsr,
  };
}

function readHeartbeat(reader: ProtoReader): Of<'heartbeat'> {
  let bootId: BootId | undefined;
  let metadataSeq = 0;
  let loopLagP99Ms = 0;
  let diskState: Of<'heartbeat'>['diskState'] | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) bootId = toBootId(reader.string());
    else if (field === 2) metadataSeq = readInt64(reader, 'sequence');
    else if (field === 3) loopLagP99Ms = reader.unsigned() / 1000;
    else if (field === 4) diskState = readChoice(reader, 'disk state', DISK_STATES);
    else reader.skip();
  }
  return {
    kind: 'heartbeat',
    bootId: present(bootId, 'boot id'),
    metadataSeq,
    loopLagP99Ms,
    diskState: present(diskState, 'disk state'),
  };
}

function readCopyFailed(reader: ProtoReader): Of<'copyFailed'> {
  let topicId: TopicId | undefined;
  let partition = 0;
  let error: MillraceError | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = toTopicId(reader.string());
    else if (field === 2) partition = readPartition(reader);
    else if (field === 3) error = readError(reader.message());
    else reader.skip();
  }
  const why = present(error, 'error');
  return { kind: 'copyFailed', topicId: present(topicId, 'topic id'), partition, error: why };
}

function readDeleted(reader: ProtoReader): Of<'deleted'> {
  let topicId: TopicId | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = toTopicId(reader.string());
    else reader.skip();
  }
  return { kind: 'deleted', topicId: present(topicId, 'topic id') };
}

function readStopping(reader: ProtoReader): Of<'stopping'> {
  while (reader.nextField() !== 0) reader.skip();
  return { kind: 'stopping' };
}

function readResigned(reader: ProtoReader): Of<'resigned'> {
  let topicId: TopicId | undefined;
  let partition = 0;
  let leaderEpoch = 0;
  let isDamaged = false;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = toTopicId(reader.string());
    else if (field === 2) partition = readPartition(reader);
    else if (field === 3) leaderEpoch = readInt32(reader, 'leader epoch');
    else if (field === 4) isDamaged = reader.bool();
    else reader.skip();
  }
  const named = { topicId: present(topicId, 'topic id'), partition };
  return { kind: 'resigned', ...named, leaderEpoch, isDamaged };
}
