import type { StateMachine } from '../coordinator/stateMachine.ts';
import type { Clock } from '../io/clock.ts';
import { GroupsState } from './group.ts';
import type { CurrentValue, GroupRecord } from './groupRecord.ts';
import { decodeGroupRecord, encodeGroupRecord } from './groupRecordCodec.ts';
import type { GroupRulesOff } from './groupRules.ts';
import type { GroupTopics } from './groupTopics.ts';
import { replayGroupRecord } from './replay.ts';
import { settleGroup } from './settleGroup.ts';

export interface GroupMachineParts {
  readonly clock: Clock;
  readonly topics: GroupTopics;
  readonly rulesOff: GroupRulesOff;
  readonly loaded: () => void;
  /** A step of a member is committed: it may hear of it. */
  readonly moved: (groupId: string, memberId: string, current: CurrentValue | undefined) => void;
}

/** Groups on a coordinator. */
export class GroupMachine implements StateMachine<GroupsState, GroupRecord> {
  readonly barrier: GroupRecord = { kind: 'barrier' };
  readonly #parts: GroupMachineParts;

  constructor(parts: GroupMachineParts) {
    this.#parts = parts;
  }

  initial(): GroupsState {
    return new GroupsState();
  }

  encode(record: GroupRecord): { readonly key: Buffer; readonly value: Buffer | null } {
    return encodeGroupRecord(record);
  }

  decode(key: Buffer | null, value: Buffer | null): GroupRecord | undefined {
    return decodeGroupRecord(key, value);
  }

  replay(state: GroupsState, record: GroupRecord): void {
    replayGroupRecord(state, record, this.#parts.clock.monotonicMs());
  }

  /** Everybody has a full session: nobody could reach a coordinator that was not there. */
  loaded(state: GroupsState): void {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const group of state.groups.values()) {
      state.unsettled.add(group.groupId);
      for (const [memberId, session] of group.sessions) {
        const { sessionMs, rebalanceMs } = group.timeouts(memberId);
        session.deadlineMs = nowMs + sessionMs;
        const isRevoking = group.current(memberId).revoking.size > 0;
        session.revokeDeadlineMs = isRevoking ? nowMs + rebalanceMs : Number.POSITIVE_INFINITY;
      }
    }
    this.#parts.loaded();
  }

  settle(
    state: GroupsState,
    write: (record: GroupRecord) => void,
    isDue: () => boolean,
  ): 'settled' | 'more' {
    const { topics, clock, rulesOff } = this.#parts;
    // Without topics every subscription would mean nothing, and everybody would lose everything.
    if (!topics.isLoaded) return 'settled';
    const wallMs = clock.wallMs();
    for (const groupId of state.unsettled) {
      if (isDue()) return 'more';
      state.unsettled.delete(groupId);
      const group = state.groups.get(groupId);
      if (group !== undefined) settleGroup(group, topics, wallMs, write, rulesOff);
    }
    return 'settled';
  }

  committed(records: readonly GroupRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'current') continue;
      this.#parts.moved(record.groupId, record.memberId, record.value);
    }
  }
}
