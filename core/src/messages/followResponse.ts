/** millrace.peer.v1.FollowResponse. */
import { toOffset } from '../ids.ts';
import type { FollowData, FollowResponse, FollowStatus, FollowVerdict } from './follow.ts';
import { boundedReader, checkHandle, checkInt32, named } from './followNumbers.ts';
import type { ProtoReader } from './protoReader.ts';
import { ProtoWriter } from './protoWriter.ts';

/** Index + 1 = number of the enum. */
const CODES = [
  'FENCED',
  'UNKNOWN_EPOCH',
  'NOT_LEADER',
  'REGRESSED',
  'UNKNOWN_COPY',
  'DIVERGED',
  'RESET',
] as const satisfies readonly FollowVerdict['code'][];

/** Batches are parts of their own, not copied. */
export function encodeFollowResponse(response: FollowResponse): Uint8Array[] {
  const writer = new ProtoWriter();
  for (let index = response.data.length - 1; index >= 0; index--) {
    const data = response.data[index];
    if (data !== undefined) writeData(writer, data);
  }
  for (let index = response.status.length - 1; index >= 0; index--) {
    const status = response.status[index];
    if (status !== undefined) writeStatus(writer, status);
  }
  return writer.finish();
}

/** Batches are views of `body`. Throws INVALID_REQUEST; numbers of what it returns are in range. */
export function decodeFollowResponse(body: Buffer): FollowResponse {
  const reader = boundedReader(body);
  const status: FollowStatus[] = [];
  const data: FollowData[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) status.push(readStatus(reader.message()));
    else if (field === 2) data.push(readData(reader.message()));
    else reader.skip();
  }
  return { status, data };
}

function writeStatus(writer: ProtoWriter, status: FollowStatus): void {
  const mark = writer.mark();
  if (status.code === 'RESET') writer.number(5, status.logStart);
  if (status.code === 'DIVERGED') {
    writer.number(4, status.endOffset);
    writer.number(3, status.epoch);
  }
  writer.number(2, CODES.indexOf(status.code) + 1);
  writer.number(1, status.handle);
  writer.close(1, mark);
}

function readStatus(reader: ProtoReader): FollowStatus {
  let handle = 0;
  let number = 0;
  let epoch = 0;
  let endOffset = 0;
  let logStart = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) handle = reader.unsigned();
    else if (field === 2) number = reader.signed();
    else if (field === 3) epoch = reader.signed();
    else if (field === 4) endOffset = reader.signed();
    else if (field === 5) logStart = reader.signed();
    else reader.skip();
  }
  checkHandle(handle);
  const code = named(CODES, number, 'code');
  if (code === 'DIVERGED') {
    return {
      handle,
      code,
      epoch: checkInt32(epoch, -1, 'epoch'),
      endOffset: toOffset(endOffset),
    };
  }
  if (code === 'RESET') return { handle, code, logStart: toOffset(logStart) };
  return { handle, code };
}

function writeData(writer: ProtoWriter, data: FollowData): void {
  const mark = writer.mark();
  writer.raw(15, data.batches);
  writer.number(6, data.tombstonesRemovedBelow);
  writer.number(5, data.lastStable);
  writer.number(4, data.logStart);
  writer.number(3, data.highWatermark);
  writer.number(2, data.leaderEpoch);
  writer.number(1, data.handle);
  writer.close(2, mark);
}

function readData(reader: ProtoReader): FollowData {
  let handle = 0;
  let leaderEpoch = 0;
  let highWatermark = 0;
  let logStart = 0;
  let lastStable = 0;
  let tombstonesRemovedBelow = 0;
  const batches: Buffer[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) handle = reader.unsigned();
    else if (field === 2) leaderEpoch = reader.signed();
    else if (field === 3) highWatermark = reader.signed();
    else if (field === 4) logStart = reader.signed();
    else if (field === 5) lastStable = reader.signed();
    else if (field === 6) tombstonesRemovedBelow = reader.signed();
    else if (field === 15) batches.push(reader.bytes());
    else reader.skip();
  }
  return {
    handle: checkHandle(handle),
    leaderEpoch: checkInt32(leaderEpoch, 0, 'leader_epoch'),
    highWatermark: toOffset(highWatermark),
    logStart: toOffset(logStart),
    lastStable: toOffset(lastStable),
    tombstonesRemovedBelow: toOffset(tombstonesRemovedBelow),
    batches,
  };
}
