import { millraceError } from '@millrace/core/errors';
import type { FollowLane } from '@millrace/core/messages/follow';
import { FollowedPartition, type FollowedPartitionParts } from './followedPartition.ts';
import { FollowerStream, type FollowerStreamParts } from './followerStream.ts';
import type { Partition } from './partition.ts';

export type FollowingParts = Omit<FollowerStreamParts, 'laneChanged'> & FollowedPartitionParts;

/** The partitions that this broker follows, each on the stream of its leader and lane. */
export class Following {
  readonly #parts: FollowingParts;
  readonly #followed = new Map<Partition, FollowedPartition>();
  /** Their owner was told that they have to start anew. */
  readonly #lost = new WeakSet<Partition>();
  readonly #streams = new Map<string, FollowerStream>();

  constructor(parts: FollowingParts) {
    this.#parts = {
      ...parts,
      onCopyLost: (partition, why) => {
        this.#lost.add(partition);
        parts.onCopyLost(partition, why);
      },
    };
  }

  get(partition: Partition): FollowedPartition | undefined {
    return this.#followed.get(partition);
  }

  /** Role, leader or epoch of the partition may have changed. */
  update(partition: Partition): void {
    const wanted = this.#lost.has(partition) ? undefined : partition.following;
    const current = this.#followed.get(partition);
    if (
      current !== undefined &&
      current.leader.brokerId === wanted?.brokerId &&
      current.leader.leaderEpoch === wanted.leaderEpoch
    ) {
      // A later state of the same epoch may lift what made it halt.
      if (current.phase !== 'halted') return;
    }
    if (current !== undefined) this.remove(partition);
    if (wanted === undefined) return;
    const followed = new FollowedPartition(partition, wanted, this.#parts);
    this.#followed.set(partition, followed);
    this.#stream(followed, followed.lane.lane).add(followed);
  }

  remove(partition: Partition): void {
    const followed = this.#followed.get(partition);
    if (followed === undefined) return;
    this.#followed.delete(partition);
    for (const lane of ['tail', 'catchup'] as const) {
      this.#streams.get(keyOf(followed, lane))?.remove(followed);
    }
    this.#closeEmpty();
  }

  brokersChanged(): void {
    for (const stream of this.#streams.values()) stream.addressChanged();
  }

  stop(): void {
    for (const stream of this.#streams.values()) {
      stream.close(millraceError('SHUTTING_DOWN', 'the follower stops'));
    }
    this.#streams.clear();
    this.#followed.clear();
  }

  #laneChanged(followed: FollowedPartition): void {
    const { lane } = followed.lane;
    const other = lane === 'tail' ? 'catchup' : 'tail';
    this.#streams.get(keyOf(followed, other))?.remove(followed);
    this.#stream(followed, lane).add(followed);
    this.#closeEmpty();
  }

  #stream(followed: FollowedPartition, lane: FollowLane): FollowerStream {
    const key = keyOf(followed, lane);
    const found = this.#streams.get(key);
    if (found !== undefined) return found;
    const stream = new FollowerStream(followed.leader.brokerId, lane, {
      ...this.#parts,
      laneChanged: (moved) => this.#laneChanged(moved),
    });
    this.#streams.set(key, stream);
    return stream;
  }

  #closeEmpty(): void {
    for (const [key, stream] of this.#streams) {
      if (!stream.isEmpty) continue;
      this.#streams.delete(key);
      stream.close(millraceError('CANCELLED', 'nothing is left to follow'));
    }
  }
}

function keyOf({ leader }: FollowedPartition, lane: FollowLane): string {
  return `${leader.brokerId}/${lane}`;
}
