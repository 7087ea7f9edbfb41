/** What messages would take on the wire, about: for queues that hold them as they are. */
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { SessionDown, SessionUp } from '../cluster/sessionMessages.ts';

const MESSAGE_BYTES = 64;
const ENTRY_BYTES = 64;

export function followRequestBytes({ add, ack, drop }: FollowRequest): number {
  return MESSAGE_BYTES + ENTRY_BYTES * (add.length + ack.length) + 4 * drop.length;
}

export function followResponseBytes({ status, data }: FollowResponse): number {
  let bytes = MESSAGE_BYTES + ENTRY_BYTES * status.length;
  for (const { batches } of data) {
    bytes += ENTRY_BYTES;
    for (const batch of batches) bytes += batch.length;
  }
  return bytes;
}

export function sessionUpBytes(message: SessionUp): number {
  return MESSAGE_BYTES + ('copies' in message ? 2 * ENTRY_BYTES * message.copies.length : 0);
}

export function sessionDownBytes(message: SessionDown): number {
  if (message.kind === 'image') return topicsBytes(message.image.topics);
  if (message.kind === 'delta') return topicsBytes(message.delta.topics);
  if (message.kind === 'fenced') return MESSAGE_BYTES;
  return MESSAGE_BYTES + ENTRY_BYTES * message.copies.length;
}

function topicsBytes(topics: readonly TopicMetadata[]): number {
  let bytes = MESSAGE_BYTES;
  for (const { partitions } of topics) bytes += ENTRY_BYTES * (4 + 2 * partitions.length);
  return bytes;
}
