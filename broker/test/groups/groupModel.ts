/** A random schedule of members, messages, coordinators and topics, and what must hold at every step of it. */
import assert from 'node:assert/strict';
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { readBatchHeader } from '@millrace/core/batchHeader';
import { decodeRecords } from '@millrace/core/batchReader';
import { millraceError } from '@millrace/core/errors';
import type { CoordinatorRulesOff } from '../../src/coordinator/coordinatorRules.ts';
import type { GroupsState } from '../../src/groups/group.ts';
import type { GroupCoordinator } from '../../src/groups/groupCoordinator.ts';
import type { GroupRecord } from '../../src/groups/groupRecord.ts';
import { decodeGroupRecord } from '../../src/groups/groupRecordCodec.ts';
import type { GroupRulesOff } from '../../src/groups/groupRules.ts';
import { replayChecked } from './groupLog.ts';
import { GROUP, GroupWorld } from './groupWorld.ts';
import { ModelMember, type Wandering } from './modelMember.ts';

const MEMBERS_MAX = 5;

export interface Action {
  readonly kind: keyof typeof ACTIONS;
  readonly pick: number;
}

/** How often each is done, of what would come out even. */
export const ACTIONS = {
  beat: 40,
  talk: 8,
  arrive: 16,
  deliver: 12,
  stop: 6,
  work: 20,
  pass: 6,
  seat: 5,
  crash: 1,
  leave: 2,
  disconnect: 3,
  stray: 3,
  late: 8,
  'fail over': 2,
  'tell the old': 1,
  'hold commits': 2,
  commit: 8,
  grow: 1,
} as const;

export class GroupModel {
  readonly world: GroupWorld;
  members: ModelMember[] = [];
  readonly #wandering: Wandering[] = [];
  readonly #old: GroupCoordinator[] = [];
  readonly #acknowledged = new Map<PartitionRef, number>();
  #seats = 0;
  #partitions = 4;

  constructor(rulesOff?: CoordinatorRulesOff, groupRulesOff?: GroupRulesOff) {
    this.world = new GroupWorld({}, rulesOff, groupRulesOff);
    this.world.topics.put('orders', this.#partitions);
    this.world.onAssigned = (assignment) => {
      for (const member of this.members) {
        if (member.memberId === assignment.memberId) member.push(assignment);
      }
    };
  }

  async run(actions: readonly Action[]): Promise<void> {
    await this.world.settled();
    for (const { kind, pick } of actions) {
      if (kind === 'beat') await this.#beat(pick);
      else this.#act(kind, pick);
      await this.world.settled(3);
      this.check();
    }
  }

  /** All is well from here on: everything must find its owner. */
  async heal(): Promise<void> {
    const { world } = this;
    this.#tellOld();
    world.log.isAutomatic = true;
    world.commit();
    this.#wandering.length = 0;
    for (const member of this.members) member.disconnect();
    for (let round = 0; round < 90; round++) {
      this.members = this.members.filter(({ isOver }) => !isOver);
      if (this.members.length < 2) this.#seat('');
      for (const member of this.members) {
        member.stop();
        member.talk();
      }
      while (this.#wandering.length > 0) this.#arrive(0);
      await world.settled(3);
      for (const member of this.members) for (let each = 0; each < 4; each++) member.deliver();
      this.check();
      await world.pass(400, 200);
      this.check();
    }
  }

  /** Nobody else believes to own what one does. */
  check(): void {
    const owners = new Map<PartitionRef, string>();
    for (const member of this.members) {
      for (const ref of member.owned) {
        const other = owners.get(ref);
        assert.equal(other, undefined, `${ref} belongs to ${other} and to ${member.memberId}`);
        owners.set(ref, member.memberId);
      }
    }
  }

  async checkHealed(): Promise<void> {
    const { world } = this;
    const owned = this.members.flatMap((member) => member.owned);
    assert.equal(new Set(owned).size, this.#partitions, 'a partition has no owner');
    const offsets = await world.answer(world.coordinator.fetchOffsets(GROUP, undefined));
    for (const [ref, offset] of this.#acknowledged) {
      const found = offsets.get(ref)?.offset ?? -1;
      assert.ok(found >= offset, `${ref}: ${offset} was acknowledged, ${found} is answered`);
    }
    await world.settled();
    assert.deepEqual(
      plain(replayChecked(this.#committedRecords(), GROUP)),
      plain(world.coordinator.peek()),
    );
  }

  *#committedRecords(): Iterable<GroupRecord> {
    for (const { batch } of this.world.log.committed) {
      const header = readBatchHeader(batch, 0);
      for (const { key, value } of decodeRecords(batch, 0, header, { maxBytes: 1 << 24 })) {
        const record = decodeGroupRecord(key, value);
        if (record !== undefined) yield record;
      }
    }
  }

  #act(kind: Exclude<Action['kind'], 'beat'>, pick: number): void {
    const { world } = this;
    const member = this.members[pick % Math.max(1, this.members.length)];
    switch (kind) {
      case 'talk':
        return member?.talk();
      case 'arrive':
        return this.#arrive(pick);
      case 'deliver':
        return member?.deliver();
      case 'stop':
        return member?.stop();
      case 'work':
        return member?.work(pick);
      case 'pass':
        return world.clock.pass([20, 60, 400, 1100, 3000][pick % 5] ?? 0);
      case 'seat':
        return this.#seat(pick % 3 === 0 ? `i${pick % 2}` : '');
      case 'crash':
        return member?.crash();
      case 'leave':
        return member?.leave();
      case 'disconnect':
        return member?.disconnect();
      case 'stray':
        return this.#stray(pick);
      case 'late':
        this.#wandering.push(...this.#wandering.splice(0, 1));
        return;
      case 'fail over':
        this.#old.push(world.coordinator);
        world.failOver(pick % 4);
        return;
      case 'tell the old':
        return this.#tellOld();
      case 'hold commits':
        world.log.isAutomatic = false;
        return;
      case 'commit':
        world.log.isAutomatic = pick % 2 === 0;
        return world.commit();
      case 'grow':
        if (this.#partitions < 9) world.growTopic('orders', ++this.#partitions);
        return;
    }
  }

  /** The network is quick for once, and somebody is heard. */
  async #beat(pick: number): Promise<void> {
    const member = this.members[pick % Math.max(1, this.members.length)];
    member?.talk();
    while (this.#wandering.length > 0) this.#arrive(0);
    await this.world.settled(2);
    this.world.clock.pass([60, 1010][pick % 2] ?? 0);
    await this.world.settled(2);
    for (let each = 0; each < 3; each++) member?.deliver();
    if (pick % 3 === 0) member?.stop();
  }

  #seat(instanceId: string): void {
    this.members = this.members.filter(({ isOver }) => !isOver);
    if (this.members.length >= MEMBERS_MAX) return;
    // One process per instance id is what whoever gives them out promises.
    if (instanceId !== '' && this.members.some((one) => one.instanceId === instanceId)) return;
    const host = {
      nowMs: () => this.world.clock.monotonicMs(),
      send: (request: Wandering) => void this.#wandering.push(request),
      acknowledged: (ref: PartitionRef, offset: number) => {
        const before = this.#acknowledged.get(ref) ?? 0;
        this.#acknowledged.set(ref, Math.max(before, offset));
      },
    };
    this.#seats += 1;
    this.members.push(new ModelMember(`m${this.#seats}`, instanceId, host));
  }

  /** Mostly in order. */
  #arrive(pick: number): void {
    const at = pick % 5 === 4 ? pick % Math.max(1, this.#wandering.length) : 0;
    const [request] = this.#wandering.splice(at, 1);
    request?.(this.world.coordinator);
  }

  /** To a coordinator that is none any more, and may not know. */
  #stray(pick: number): void {
    const coordinator = this.#old[pick % Math.max(1, this.#old.length)];
    if (coordinator !== undefined) this.#wandering.shift()?.(coordinator);
  }

  #tellOld(): void {
    for (const coordinator of this.#old.splice(0)) {
      coordinator.resign(millraceError('NOT_LEADER', 'led elsewhere'));
    }
  }
}

/** Without deadlines, which no record holds. */
function plain(state: GroupsState | undefined): unknown {
  const group = state?.groups.get(GROUP);
  if (group === undefined) return undefined;
  const { value, members, targets, currents, instances, owners, offsets } = group;
  return { value, members, targets, currents, instances, owners, offsets };
}
