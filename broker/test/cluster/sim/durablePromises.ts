import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import type { SimStream, SimStreamEnd } from './simStream.ts';

/**
 * No copy tells a leader a durable end that a later boot of the same copyId lacks (safety.md, simulation). It listens
 * to Follow: what was told last counts, until the copy is told to truncate.
 */
export class DurablePromises {
  readonly #world: ClusterWorld;
  /** By copyId. */
  readonly #promised = new Map<string, number>();
  /** CopyId by handle, of each stream. */
  readonly #handles = new WeakMap<SimStream, Map<number, string>>();

  constructor(world: ClusterWorld) {
    this.#world = world;
  }

  heard(end: SimStreamEnd, message: unknown): void {
    const handles = this.#handles.get(end.stream) ?? new Map<number, string>();
    this.#handles.set(end.stream, handles);
    if (isRequest(message)) {
      for (const { handle, copyId } of message.add) handles.set(handle, copyId);
      for (const { handle, durableEnd } of message.ack) {
        const copyId = handles.get(handle);
        if (copyId !== undefined) this.#promised.set(copyId, durableEnd);
      }
    } else if (isResponse(message)) {
      for (const { handle, code } of message.status) {
        if (code === 'DIVERGED' || code === 'RESET') this.forget(handles.get(handle));
      }
    }
  }

  /** What a boot found. */
  check(boot: string, logs: Iterable<PartitionLog>): void {
    for (const { copyId, logEndOffset, topicId, partition } of logs) {
      const promised = this.#promised.get(copyId) ?? 0;
      if (logEndOffset >= promised) continue;
      this.#world.violate(
        `${boot}: ${copyId} of ${topicId}/${partition} ends at ${logEndOffset}; it said that ${promised} was durable`,
      );
    }
  }

  forget(copyId: string | undefined): void {
    if (copyId !== undefined) this.#promised.delete(copyId);
  }
}

function isRequest(message: unknown): message is FollowRequest {
  return typeof message === 'object' && message !== null && 'creditBytes' in message;
}

function isResponse(message: unknown): message is FollowResponse {
  return (
    typeof message === 'object' && message !== null && 'status' in message && 'data' in message
  );
}
