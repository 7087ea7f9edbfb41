/**
 *     Reset       1: uint64 at_ms  2: repeated Overwritten
 *     Overwritten 1: string topic_id  2: uint32 partition  3: committed offset (absent: there was none)
 */
import { checkedPartitionRef, partitionOf, topicOf } from '@millrace/core/assignors/partitionRef';
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type { CommittedOffset, ResetValue } from './groupRecord.ts';
import { readCommitted, writeCommitted } from './recordFields.ts';

export function writeReset(writer: ProtoWriter, value: ResetValue): void {
  for (const [ref, committed] of [...value.previous].reverse()) {
    const mark = writer.mark();
    if (committed !== undefined) {
      const inner = writer.mark();
      writeCommitted(writer, committed);
      writer.close(3, inner);
    }
    writer.number(2, partitionOf(ref));
    writer.string(1, topicOf(ref));
    writer.close(2, mark);
  }
  writer.number(1, value.atMs);
}

export function readReset(reader: ProtoReader): ResetValue {
  let atMs = 0;
  const previous = new Map<PartitionRef, CommittedOffset | undefined>();
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) atMs = reader.unsigned();
    else if (field === 2) readOverwritten(reader.message(), previous);
    else reader.skip();
  }
  return { atMs, previous };
}

function readOverwritten(
  reader: ProtoReader,
  into: Map<PartitionRef, CommittedOffset | undefined>,
): void {
  let topicId = '';
  let partition = 0;
  let committed: CommittedOffset | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = reader.string();
    else if (field === 2) partition = reader.uint32();
    else if (field === 3) committed = readCommitted(reader.message());
    else reader.skip();
  }
  into.set(checkedPartitionRef(topicId, partition), committed);
}
