/** millrace.v1.ProduceRequest, of the unary call: read by hand, so that its elements are counted as they are made. */
import { type ProduceEntryMessage, readEntry } from './produceStream.ts';
import { ProtoReader } from './protoReader.ts';

export interface ProduceRequestMessage {
  /** Number of the enum `Acks`. */
  readonly acks: number;
  readonly deadlineMs: number;
  readonly entries: readonly ProduceEntryMessage[];
}

/** Byte fields are views of `body`. Throws INVALID_REQUEST. */
export function decodeProduceRequest(body: Buffer): ProduceRequestMessage {
  const reader = new ProtoReader(body);
  let acks = 0;
  let deadlineMs = 0;
  const entries: ProduceEntryMessage[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) acks = reader.int32();
    else if (field === 2) deadlineMs = reader.uint32();
    else if (field === 3) entries.push(readEntry(reader.message()));
    else reader.skip();
  }
  return { acks, deadlineMs, entries };
}
