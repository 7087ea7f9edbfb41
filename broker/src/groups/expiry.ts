import { topicOf } from '@millrace/core/assignors/partitionRef';
import type { Group, GroupsState } from './group.ts';
import type { GroupRecord } from './groupRecord.ts';
import type { GroupTopics } from './groupTopics.ts';
import { RECORDS_PER_SWEEP_MAX } from './leaving.ts';
import { tombstones } from './resetting.ts';

/**
 * Offsets of topics that are gone; and of groups that have had no member and no commit for `retentionMs`, which go as a
 * whole unless they are declared. A group with members keeps every offset, however old.
 */
export function expireOffsets(
  state: GroupsState,
  topics: GroupTopics,
  wallMs: number,
  retentionMs: number,
): GroupRecord[] {
  if (!topics.isLoaded) return [];
  const records: GroupRecord[] = [];
  for (const group of state.groups.values()) {
    if (records.length >= RECORDS_PER_SWEEP_MAX) break;
    if (isExpired(group, wallMs - retentionMs)) {
      records.push(...tombstones(group));
      continue;
    }
    for (const ref of group.offsets.keys()) {
      if (topics.byId(topicOf(ref)) !== undefined) continue;
      records.push({ kind: 'offset', groupId: group.groupId, ref, value: undefined });
    }
  }
  return records;
}

function isExpired(group: Group, beforeMs: number): boolean {
  if (group.members.size > 0 || group.spec !== undefined) return false;
  const emptySinceMs = group.value?.emptySinceMs ?? 0;
  if (emptySinceMs === 0 || emptySinceMs > beforeMs) return false;
  for (const { commitMs } of group.offsets.values()) if (commitMs > beforeMs) return false;
  return true;
}
