import assert from 'node:assert/strict';
import { type Group, GroupsState } from '../../src/groups/group.ts';
import type { GroupRecord } from '../../src/groups/groupRecord.ts';
import { replayGroupRecord } from '../../src/groups/replay.ts';

/** A committed log from its start: one owner and no offset that goes back, at every record of it. */
export function replayChecked(records: Iterable<GroupRecord>, groupId: string): GroupsState {
  const state = new GroupsState();
  for (const record of records) {
    const group: Group | undefined = state.groups.get(groupId);
    if (record.kind === 'current') {
      for (const ref of record.value?.assigned.keys() ?? []) {
        const owner: string = group?.owners.get(ref) ?? record.memberId;
        assert.equal(owner, record.memberId, `${ref} is given away while it is owned`);
      }
    }
    if (record.kind === 'offset') {
      const before = group?.offsets.get(record.ref)?.offset ?? 0;
      assert.ok((record.value?.offset ?? 0) >= before, `${record.ref} goes back from ${before}`);
    }
    replayGroupRecord(state, record, 0);
  }
  return state;
}
