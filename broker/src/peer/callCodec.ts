/** The unary calls of millrace.peer.v1.Controller. */
import {
  type BootId,
  type BrokerId,
  INT32_MAX,
  toBootId,
  type TopicId,
  toTopicId,
} from '@millrace/core/ids';
import { ProtoReader } from '@millrace/core/messages/protoReader';
import { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type { CopyName } from '@millrace/core/resources/partitionAssignment';
import type {
  AlterPartitionsRequest,
  AlterPartitionsResponse,
  IsrProposal,
  ProducerIdBlock,
  ProposalAnswer,
} from '../cluster/sessionMessages.ts';
import {
  integerIn,
  invalid,
  present,
  readBrokerId,
  readChoice,
  readCopyName,
  readInt32,
  readInt64,
  readPartition,
  shortText,
} from './checkedFields.ts';

const CODES = ['OK', 'FENCED', 'STALE', 'INELIGIBLE', 'UNKNOWN'] as const;
const METHOD_CHARS_MAX = 255;

export interface Sender {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
}

export interface Forwarded {
  /** As gRPC names it: `/millrace.v1.Admin/CreateTopic`. */
  readonly method: string;
  /** The request of that method; a view of what was received. */
  readonly request: Uint8Array;
  readonly deadlineMs: number;
}

export function encodeAlterPartitions(request: AlterPartitionsRequest): Uint8Array[] {
  const writer = new ProtoWriter();
  for (const { topicId, partition, leaderEpoch, epoch, isr } of request.changes.toReversed()) {
    const mark = writer.mark();
    for (const copy of isr.toReversed()) writer.presentString(5, copy);
    writer.number(4, epoch);
    writer.number(3, leaderEpoch);
    writer.number(2, partition);
    writer.string(1, topicId);
    writer.close(3, mark);
  }
  writer.string(2, request.bootId);
  writer.number(1, request.brokerId);
  return writer.finish();
}

/** Throws INVALID_REQUEST, as all decoders here. */
export function decodeAlterPartitions(body: Buffer): AlterPartitionsRequest {
  const reader = new ProtoReader(body);
  let brokerId = 0 as BrokerId;
  let bootId: BootId | undefined;
  const changes: IsrProposal[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) brokerId = readBrokerId(reader);
    else if (field === 2) bootId = toBootId(reader.string());
    else if (field === 3) changes.push(readProposal(reader.message()));
    else reader.skip();
  }
  return { brokerId, bootId: present(bootId, 'boot id'), changes };
}

function readProposal(reader: ProtoReader): IsrProposal {
  let topicId: TopicId | undefined;
  let partition = 0;
  let leaderEpoch = 0;
  let epoch = 0;
  const isr: CopyName[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = toTopicId(reader.string());
    else if (field === 2) partition = readPartition(reader);
    else if (field === 3) leaderEpoch = readInt32(reader, 'leader epoch');
    else if (field === 4) epoch = readInt32(reader, 'partition epoch');
    else if (field === 5) isr.push(readCopyName(reader));
    else reader.skip();
  }
  return { topicId: present(topicId, 'topic id'), partition, leaderEpoch, epoch, isr };
}

export function encodeProposalAnswers({ answers }: AlterPartitionsResponse): Uint8Array[] {
  const writer = new ProtoWriter();
  for (const answer of answers.toReversed()) {
    const mark = writer.mark();
    if (answer.code === 'OK') writer.number(2, answer.epoch);
    writer.number(1, CODES.indexOf(answer.code) + 1);
    writer.close(1, mark);
  }
  return writer.finish();
}

export function decodeProposalAnswers(body: Buffer): AlterPartitionsResponse {
  const reader = new ProtoReader(body);
  const answers: ProposalAnswer[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) answers.push(readAnswer(reader.message()));
    else reader.skip();
  }
  return { answers };
}

function readAnswer(reader: ProtoReader): ProposalAnswer {
  let code: ProposalAnswer['code'] | undefined;
  let epoch = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) code = readChoice(reader, 'answer', CODES);
    else if (field === 2) epoch = readInt32(reader, 'partition epoch');
    else reader.skip();
  }
  const known = present(code, 'answer');
  return known === 'OK' ? { code: known, epoch } : { code: known };
}

export function encodeSender({
  brokerId,
  bootId,
}: {
  brokerId: number;
  bootId: string;
}): Uint8Array[] {
  const writer = new ProtoWriter();
  writer.string(2, bootId);
  writer.number(1, brokerId);
  return writer.finish();
}

export function decodeSender(body: Buffer): Sender {
  const reader = new ProtoReader(body);
  let brokerId = 0 as BrokerId;
  let bootId: BootId | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) brokerId = readBrokerId(reader);
    else if (field === 2) bootId = toBootId(reader.string());
    else reader.skip();
  }
  return { brokerId, bootId: present(bootId, 'boot id') };
}

export function encodeProducerIds({ first, count }: ProducerIdBlock): Uint8Array[] {
  const writer = new ProtoWriter();
  writer.number(2, count);
  writer.number(1, first);
  return writer.finish();
}

export function decodeProducerIds(body: Buffer): ProducerIdBlock {
  const reader = new ProtoReader(body);
  let first = 0;
  let count = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) first = readInt64(reader, 'first producer id');
    else if (field === 2) count = readInt64(reader, 'number of producer ids');
    else reader.skip();
  }
  if (!Number.isSafeInteger(first + count)) throw invalid('producer ids beyond 2^53');
  return { first, count };
}

export function encodeForwarded({ method, request, deadlineMs }: Forwarded): Uint8Array[] {
  const writer = new ProtoWriter();
  writer.number(3, deadlineMs);
  writer.raw(2, [request]);
  writer.string(1, method);
  return writer.finish();
}

export function decodeForwarded(body: Buffer): Forwarded {
  const reader = new ProtoReader(body);
  let method = '';
  let request: Buffer = Buffer.alloc(0);
  let deadlineMs = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) method = shortText(reader.string(), 'method', METHOD_CHARS_MAX);
    else if (field === 2) request = reader.bytes();
    else if (field === 3) deadlineMs = integerIn(reader.unsigned(), 'deadline', 0, INT32_MAX);
    else reader.skip();
  }
  return { method, request, deadlineMs };
}

export function encodeForwardedReply(response: Uint8Array): Uint8Array[] {
  const writer = new ProtoWriter();
  writer.raw(1, [response]);
  return writer.finish();
}

/** A view of `body`. */
export function decodeForwardedReply(body: Buffer): Buffer {
  const reader = new ProtoReader(body);
  let response: Buffer = Buffer.alloc(0);
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) response = reader.bytes();
    else reader.skip();
  }
  return response;
}
