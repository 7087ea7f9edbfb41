import {
  type AssignorMember,
  type Assignment,
  type AssignorTopic,
  emptyDraft,
  sortedMembers,
  sortedRefs,
  sortedTopics,
  subscribers,
} from './assignor.ts';

/**
 * Of each topic a run of neighbouring partitions, the first members one more: topics of equal size and subscribers are
 * cut alike, so that partition p of all of them has one owner (joins by key).
 */
export function range(
  members: readonly AssignorMember[],
  topics: readonly AssignorTopic[],
): Assignment {
  const draft = emptyDraft(members);
  const sorted = sortedMembers(members);
  for (const topic of sortedTopics(topics)) {
    const owners = subscribers(sorted, topic.topicId);
    const refs = sortedRefs(topic);
    const share = Math.floor(refs.length / owners.length);
    const larger = refs.length % owners.length;
    let from = 0;
    for (const [index, { memberId }] of owners.entries()) {
      const to = from + share + (index < larger ? 1 : 0);
      for (const ref of refs.slice(from, to)) draft.get(memberId)?.add(ref);
      from = to;
    }
  }
  return draft;
}
