/**
 * What one member may work on, by the rules of GroupAssignment in groups.proto: pure, its clock is monotonic milliseconds
 * that are handed in. A member that was fenced, or is past its time, is replaced by another Membership with a new id.
 */
import {
  checkedPartitionRef,
  partitionOf,
  type PartitionRef,
  topicOf,
} from '@millrace/core/assignors/partitionRef';
import type { AssignedPartition__Output } from '@millrace/proto/generated/millrace/v1/AssignedPartition';
import type { GroupAssignment__Output } from '@millrace/proto/generated/millrace/v1/GroupAssignment';
import type { OwnedPartitions } from '@millrace/proto/generated/millrace/v1/OwnedPartitions';

/** What a heartbeat said, to be compared with its answer. */
export interface Said {
  readonly sentMs: number;
  readonly revision: number;
  /** It named nothing that the member was told to give up. */
  readonly confirms: boolean;
}

export interface AssignmentChange {
  readonly added: ReadonlyMap<PartitionRef, AssignedPartition__Output>;
  readonly revoked: readonly PartitionRef[];
}

export class Membership {
  readonly memberId: string;
  #isJoined = false;
  #memberEpoch = 0;
  #revision = -1;
  #sessionMs = 0;
  #rebalanceMs = 0;
  readonly #held = new Set<PartitionRef>();
  readonly #stopping = new Set<PartitionRef>();
  #mustConfirm = false;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #sessionEndMs = Number.POSITIVE_INFINITY;
  #stopEndMs = Number.POSITIVE_INFINITY;

  constructor(memberId: string) {
    this.memberId = memberId;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  get memberEpoch(): number {
    return this.#memberEpoch;
  }

  get revision(): number {
    return Math.max(0, this.#revision);
  }

  /** 0: not known. */
  get sessionMs(): number {
    return this.#sessionMs;
  }

  /** All that it works on: what it was told to give up, too, until it has stopped on it. */
  get held(): ReadonlySet<PartitionRef> {
    return this.#held;
  }

  /** From then on others may have what it holds. */
  get endMs(): number {
    return Math.min(this.#sessionEndMs, this.#stopEndMs);
  }

  /** It has stopped on all that it was to give up, and the coordinator has not confirmed that it knows. */
  get mustConfirm(): boolean {
    return this.#mustConfirm && this.#stopping.size === 0;
  }

  owned(): OwnedPartitions {
    const partitions = [...this.#held].map((ref) => ({
      topicId: topicOf(ref),
      partitions: [partitionOf(ref)],
    }));
    return { partitions };
  }

  say(nowMs: number): Said {
    return { sentMs: nowMs, revision: this.revision, confirms: this.#stopping.size === 0 };
  }

  /** It has stopped on these. */
  stopped(refs: Iterable<PartitionRef>): void {
    for (const ref of refs) {
      this.#held.delete(ref);
      this.#stopping.delete(ref);
    }
  }

  /**
   * Undefined: the answer comes too late to count, as the session that it would prolong may be over. `assignment`: null
   * if the coordinator had nothing new.
   */
  answered(
    said: Said,
    assignment: GroupAssignment__Output | null,
    nowMs: number,
  ): AssignmentChange | undefined {
    const sessionMs = assignment?.sessionTimeoutMs ?? this.#sessionMs;
    if (nowMs >= said.sentMs + sessionMs) return undefined;
    this.#isJoined = true;
    let change: AssignmentChange = { added: new Map(), revoked: [] };
    // Counted from the answer before, if this one tells of something to give up.
    if (assignment !== null) change = this.#take(assignment, said);
    else if (said.confirms && said.revision === this.revision) this.#isConfirmed();
    this.#answeredMs = Math.max(this.#answeredMs, said.sentMs);
    this.#sessionEndMs = this.#answeredMs + this.#sessionMs;
    return change;
  }

  #take(assignment: GroupAssignment__Output, said: Said): AssignmentChange {
    if (assignment.revision <= this.#revision) return { added: new Map(), revoked: [] };
    this.#revision = assignment.revision;
    this.#memberEpoch = assignment.memberEpoch;
    this.#sessionMs = assignment.sessionTimeoutMs;
    this.#rebalanceMs = assignment.rebalanceTimeoutMs;
    const assigned = new Map(
      assignment.assigned.map((one) => [checkedPartitionRef(one.topicId, one.partition), one]),
    );
    const revoked = [...this.#held].filter((ref) => !assigned.has(ref) && !this.#stopping.has(ref));
    for (const ref of revoked) this.#stopping.add(ref);
    const added = new Map([...assigned].filter(([ref]) => !this.#held.has(ref)));
    for (const ref of added.keys()) this.#held.add(ref);
    if (assignment.revoking.length === 0) {
      this.#isConfirmed();
    } else {
      this.#mustConfirm = true;
      // Before the first answer it has worked on nothing.
      const fromMs = Number.isFinite(this.#answeredMs) ? this.#answeredMs : said.sentMs;
      this.#stopEndMs = Math.min(this.#stopEndMs, fromMs + this.#rebalanceMs);
    }
    return { added, revoked };
  }

  #isConfirmed(): void {
    this.#mustConfirm = false;
    this.#stopEndMs = Number.POSITIVE_INFINITY;
  }
}
