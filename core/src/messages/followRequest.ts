/** millrace.peer.v1.FollowRequest. */
import { toBootId, toBrokerId, toClusterId, toCopyId, toOffset, toTopicId } from '../ids.ts';
import type { FollowAck, FollowAdd, FollowHello, FollowLane, FollowRequest } from './follow.ts';
import { boundedReader, checkHandle, checkInt32, named } from './followNumbers.ts';
import type { ProtoReader } from './protoReader.ts';
import { ProtoWriter } from './protoWriter.ts';

const LANES = ['tail', 'catchup'] as const satisfies readonly FollowLane[];
export function encodeFollowRequest(request: FollowRequest): Uint8Array[] {
  const writer = new ProtoWriter();
  writer.number(5, request.creditBytes);
  writer.packedUint32(4, request.drop);
  for (let index = request.ack.length - 1; index >= 0; index--) {
    const ack = request.ack[index];
    if (ack !== undefined) writeAck(writer, ack);
  }
  for (let index = request.add.length - 1; index >= 0; index--) {
    const add = request.add[index];
    if (add !== undefined) writeAdd(writer, add);
  }
  if (request.hello !== undefined) writeHello(writer, request.hello);
  return writer.finish();
}

/** Throws INVALID_REQUEST; numbers and ids of what it returns are in range. */
export function decodeFollowRequest(body: Buffer): FollowRequest {
  const reader = boundedReader(body);
  let hello: FollowHello | undefined;
  const add: FollowAdd[] = [];
  const ack: FollowAck[] = [];
  const drop: number[] = [];
  let creditBytes = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) hello = readHello(reader.message());
    else if (field === 2) add.push(readAdd(reader.message()));
    else if (field === 3) ack.push(readAck(reader.message()));
    else if (field === 4) reader.packedUint32(drop);
    else if (field === 5) creditBytes = reader.unsigned();
    else reader.skip();
  }
  return { hello, add, ack, drop, creditBytes };
}

function writeHello(writer: ProtoWriter, hello: FollowHello): void {
  const mark = writer.mark();
  writer.number(5, LANES.indexOf(hello.lane) + 1);
  writer.number(4, hello.to);
  writer.string(3, hello.bootId);
  writer.number(2, hello.from);
  writer.string(1, hello.clusterId);
  writer.close(1, mark);
}

function readHello(reader: ProtoReader): FollowHello {
  const ids = { clusterId: '', bootId: '' };
  let from = 0;
  let to = 0;
  let lane = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) ids.clusterId = reader.string();
    else if (field === 2) from = reader.signed();
    else if (field === 3) ids.bootId = reader.string();
    else if (field === 4) to = reader.signed();
    else if (field === 5) lane = reader.signed();
    else reader.skip();
  }
  return {
    clusterId: toClusterId(ids.clusterId),
    from: toBrokerId(from),
    bootId: toBootId(ids.bootId),
    to: toBrokerId(to),
    lane: named(LANES, lane, 'lane'),
  };
}

function writeAdd(writer: ProtoWriter, add: FollowAdd): void {
  const mark = writer.mark();
  writer.number(5, add.removedBelow);
  writer.string(4, add.copyId);
  writer.number(3, add.partition);
  writer.string(2, add.topicId);
  writer.number(1, add.handle);
  writer.close(2, mark);
}

function readAdd(reader: ProtoReader): FollowAdd {
  let handle = 0;
  let topicId = '';
  let partition = 0;
  let copyId = '';
  let removedBelow = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) handle = reader.unsigned();
    else if (field === 2) topicId = reader.string();
    else if (field === 3) partition = reader.signed();
    else if (field === 4) copyId = reader.string();
    else if (field === 5) removedBelow = reader.signed();
    else reader.skip();
  }
  return {
    handle: checkHandle(handle),
    topicId: toTopicId(topicId),
    partition: checkInt32(partition, 0, 'partition'),
    copyId: toCopyId(copyId),
    removedBelow: toOffset(removedBelow),
  };
}

function writeAck(writer: ProtoWriter, ack: FollowAck): void {
  const mark = writer.mark();
  writer.number(5, ack.durableEnd);
  writer.number(4, ack.lastFetchedEpoch);
  writer.number(3, ack.fetchOffset);
  writer.number(2, ack.leaderEpoch);
  writer.number(1, ack.handle);
  writer.close(3, mark);
}

function readAck(reader: ProtoReader): FollowAck {
  let handle = 0;
  let leaderEpoch = 0;
  let fetchOffset = 0;
  let lastFetchedEpoch = 0;
  let durableEnd = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) handle = reader.unsigned();
    else if (field === 2) leaderEpoch = reader.signed();
    else if (field === 3) fetchOffset = reader.signed();
    else if (field === 4) lastFetchedEpoch = reader.signed();
    else if (field === 5) durableEnd = reader.signed();
    else reader.skip();
  }
  return {
    handle: checkHandle(handle),
    leaderEpoch: checkInt32(leaderEpoch, 0, 'leader_epoch'),
    fetchOffset: toOffset(fetchOffset),
    lastFetchedEpoch: checkInt32(lastFetchedEpoch, -1, 'last_fetched_epoch'),
    durableEnd: toOffset(durableEnd),
  };
}
