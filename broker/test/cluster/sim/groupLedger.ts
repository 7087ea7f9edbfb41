import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError } from '@millrace/core/errors';
import type { ModelMember } from '../../groups/modelMember.ts';
import type { ClusterWorld } from './clusterWorld.ts';

/** What a group has promised to its members, as they see it (docs/GROUPS.md): one owner, at least once, no offset turned back. */
export class GroupLedger {
  readonly #world: ClusterWorld;
  readonly #members = new Set<ModelMember>();
  /** Below it each record of the partition was processed by some member. */
  readonly #processedEnds = new Map<PartitionRef, number>();
  /** As coordinators said, and when: rising. */
  readonly #committed = new Map<PartitionRef, { readonly ms: number; readonly offset: number }[]>();

  constructor(world: ClusterWorld) {
    this.#world = world;
  }

  seat(member: ModelMember): void {
    for (const each of this.#members) if (each.isOver) this.#members.delete(each);
    this.#members.add(member);
  }

  /** Nobody else believes to own what one does. */
  check(): void {
    const owners = new Map<PartitionRef, string>();
    for (const member of this.#members) {
      for (const ref of member.owned) {
        const other = owners.get(ref);
        if (other !== undefined) {
          this.#world.violate(`${ref} belongs to ${other} and to ${member.memberId}`);
        }
        owners.set(ref, member.memberId);
      }
    }
  }

  /** Records from `from` on, in order, by a member that owns the partition. */
  processed(member: ModelMember, ref: PartitionRef, from: number, end: number): void {
    this.check();
    const before = this.processedEnd(ref);
    if (from > before) {
      this.#world.violate(`${ref}: ${member.memberId} begins at ${from}, nobody had ${before}`);
    }
    this.#processedEnds.set(ref, Math.max(before, end));
  }

  processedEnd(ref: PartitionRef): number {
    return this.#processedEnds.get(ref) ?? 0;
  }

  /** Committed: a coordinator has said so. */
  acknowledged(ref: PartitionRef, offset: number): void {
    const known = this.#committed.get(ref) ?? [];
    this.#committed.set(ref, known);
    if (offset > (known.at(-1)?.offset ?? 0)) known.push({ ms: this.#world.nowMs, offset });
  }

  /** What was known to be committed before `ms` is what any later answer says, or more. */
  floor(ref: PartitionRef, ms: number): number {
    return this.#committed.get(ref)?.findLast((each) => each.ms < ms)?.offset ?? 0;
  }

  /** The offset that a coordinator answered to what was asked at `sentMs`. */
  answered(who: string, ref: PartitionRef, offset: number, sentMs: number): void {
    const floor = this.floor(ref, sentMs);
    if (offset < floor) {
      this.#world.violate(
        `${ref}: ${floor} was committed before ${who} asked, ${offset} is answered`,
      );
    }
    this.acknowledged(ref, offset);
  }

  /** The commits of one member come one after the other: nobody else may have gone further while it owns the partition. */
  refused(member: ModelMember, ref: PartitionRef, error: unknown): void {
    if (!(error instanceof MillraceError) || error.code !== 'OFFSET_BEHIND') return;
    if (!member.owned.includes(ref)) return;
    this.#world.violate(`${ref}: somebody commits beside ${member.memberId}: ${error.message}`);
  }
}
