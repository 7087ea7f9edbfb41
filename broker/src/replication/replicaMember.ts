import type { BrokerId, Offset } from '@millrace/core/ids';
import type { FollowerHandle } from './followerHandle.ts';
import type { Following } from './following.ts';
import type { IsrProposals } from './isrProposals.ts';
import type { Partition } from './partition.ts';
import type { PartitionLink } from './partitionLink.ts';

/** A partition of this broker with those who follow it, or what it follows. */
export class ReplicaMember implements PartitionLink {
  readonly partition: Partition;
  readonly #following: Following;
  readonly #proposals: IsrProposals;
  /** One per broker: the one that told its position last. */
  readonly #handles = new Map<BrokerId, FollowerHandle>();

  constructor(partition: Partition, following: Following, proposals: IsrProposals) {
    this.partition = partition;
    this.#following = following;
    this.#proposals = proposals;
  }

  /** The handle tells its position: another one of the same broker is over, or will say so. */
  take(handle: FollowerHandle): void {
    const before = this.#handles.get(handle.broker);
    if (before === handle) return;
    this.#handles.set(handle.broker, handle);
    before?.pause({ code: 'NOT_LEADER' });
  }

  drop(handle: FollowerHandle): void {
    if (this.#handles.get(handle.broker) === handle) this.#handles.delete(handle.broker);
  }

  written(): void {
    for (const handle of this.#handles.values()) handle.stream.dataDue(handle);
    this.#following.get(this.partition)?.written();
  }

  durable(): void {
    this.#following.get(this.partition)?.durable();
  }

  highWatermarkMoved(): void {
    for (const handle of this.#handles.values()) handle.stream.positionsDue(handle);
  }

  stateChanged(): void {
    const { partition } = this;
    const leads = partition.role === 'leader';
    for (const handle of this.#handles.values()) {
      if (handle.partition === undefined) continue;
      if (leads && handle.leaderEpoch === partition.leaderEpoch) continue;
      handle.pause({ code: leads ? 'FENCED' : 'NOT_LEADER' });
    }
    this.#following.update(partition);
  }

  cut(): void {
    this.#following.get(this.partition)?.cut();
  }

  isrDue(): void {
    this.#proposals.due(this.partition);
  }

  get slowestFollower(): Offset | undefined {
    let slowest: Offset | undefined;
    for (const { fetchOffset } of this.#handles.values()) {
      if (slowest === undefined || fetchOffset < slowest) slowest = fetchOffset;
    }
    return slowest;
  }

  /** The partition is not this broker's any more. */
  close(): void {
    for (const handle of this.#handles.values()) handle.pause({ code: 'NOT_LEADER' });
    this.#handles.clear();
    this.#following.remove(this.partition);
  }
}
