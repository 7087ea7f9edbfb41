/** millrace.v1.FetchRequest. */
import { ProtoReader } from './protoReader.ts';
import { ProtoWriter } from './protoWriter.ts';

export interface FetchPartitionMessage {
  readonly topicId?: string | undefined;
  readonly topicName?: string | undefined;
  readonly partition?: number | undefined;
  readonly offset?: number | undefined;
  readonly timestampMs?: number | undefined;
  /** Enum `Position`: its number, or its name as proto-loader gives it. */
  readonly position?: number | string | undefined;
  readonly endOffset?: number | undefined;
  readonly lastLeaderEpoch?: number | undefined;
}

export interface FetchRequestMessage {
  readonly partitions: readonly FetchPartitionMessage[];
  /** Number of the enum `RecordFormat`. */
  readonly format: number;
  /** Number of the enum `Isolation`. */
  readonly isolation: number;
  readonly stopAtEnd: boolean;
  readonly messageBytesMax: number;
  /** Of the client; empty or absent: leaders alone serve it. */
  readonly rack?: string;
}

/** Throws INVALID_REQUEST. */
export function decodeFetchRequest(body: Buffer): FetchRequestMessage {
  const reader = new ProtoReader(body);
  const partitions: FetchPartitionMessage[] = [];
  let format = 0;
  let isolation = 0;
  let stopAtEnd = false;
  let messageBytesMax = 0;
  let rack = '';
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) partitions.push(readPartition(reader.message()));
    else if (field === 2) format = reader.int32();
    else if (field === 3) isolation = reader.int32();
    else if (field === 4) stopAtEnd = reader.bool();
    else if (field === 5) messageBytesMax = reader.uint32();
    else if (field === 6) rack = reader.string();
    else reader.skip();
  }
  return { partitions, format, isolation, stopAtEnd, messageBytesMax, rack };
}

export function encodeFetchRequest(request: FetchRequestMessage): Uint8Array[] {
  const writer = new ProtoWriter();
  writer.string(6, request.rack ?? '');
  writer.number(5, request.messageBytesMax);
  writer.bool(4, request.stopAtEnd);
  writer.number(3, request.isolation);
  writer.number(2, request.format);
  for (let index = request.partitions.length - 1; index >= 0; index--) {
    const partition = request.partitions[index];
    if (partition !== undefined) writePartition(writer, partition);
  }
  return writer.finish();
}

function readPartition(reader: ProtoReader): FetchPartitionMessage {
  const message: {
    -readonly [K in keyof FetchPartitionMessage]: FetchPartitionMessage[K];
  } = {};
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) message.topicId = reader.string();
    else if (field === 2) message.topicName = reader.string();
    else if (field === 3) message.partition = reader.int32();
    else if (field === 4) startOf(message).offset = reader.signed();
    else if (field === 5) startOf(message).timestampMs = reader.signed();
    else if (field === 6) startOf(message).position = reader.int32();
    else if (field === 7) message.endOffset = reader.signed();
    else if (field === 8) message.lastLeaderEpoch = reader.int32();
    else reader.skip();
  }
  return message;
}

/** Of a oneof the last one counts. */
function startOf<T extends { offset?: unknown; timestampMs?: unknown; position?: unknown }>(
  message: T,
): T {
  message.offset = undefined;
  message.timestampMs = undefined;
  message.position = undefined;
  return message;
}

function writePartition(writer: ProtoWriter, message: FetchPartitionMessage): void {
  const mark = writer.mark();
  if (message.lastLeaderEpoch !== undefined) writer.present(8, message.lastLeaderEpoch);
  if (message.endOffset !== undefined) writer.present(7, message.endOffset);
  if (typeof message.position === 'number') writer.present(6, message.position);
  if (message.timestampMs !== undefined) writer.present(5, message.timestampMs);
  if (message.offset !== undefined) writer.present(4, message.offset);
  if (message.partition !== undefined) writer.present(3, message.partition);
  if (message.topicName !== undefined) writer.presentString(2, message.topicName);
  if (message.topicId !== undefined) writer.presentString(1, message.topicId);
  writer.close(1, mark);
}
