/** `resetOffsets` of a ConsumerGroup, once for each id: shown first, carried out when it is asked for. */
import type { Millrace } from '@millrace/client/millrace';
import { toMillraceError } from '@millrace/core/errors';
import type { ConsumerGroupResource } from '@millrace/core/resources/custom/consumerGroupResource';
import { groupIdOf } from './groupDeclaration.ts';
import type { GroupJudgement } from './groupStatus.ts';

/** Undefined: nothing is asked for, or it was done. */
export async function resetGroup(
  client: Millrace,
  group: ConsumerGroupResource,
): Promise<GroupJudgement['reset']> {
  const { resetOffsets, topics = [] } = group.spec;
  if (resetOffsets === undefined || group.status?.lastResetId === resetOffsets.id) return undefined;
  const { to, execute } = resetOffsets;
  try {
    const wanted: { topicId: string; partition: number; offset: number }[] = [];
    for (const topic of topics) {
      const { topicId } = await client.admin.describeTopic(topic);
      const at = to === 'Earliest' ? 'earliest' : 'latest';
      for (const { partition, offset, error } of await client.admin.listOffsets(topic, at)) {
        if (error !== undefined) throw error;
        wanted.push({ topicId, partition, offset });
      }
    }
    const dryRun = !execute;
    const changes = await client.groupAdmin.resetOffsets(groupIdOf(group), wanted, { dryRun });
    const moved = changes.filter(({ before, after }) => before?.offset !== after?.offset).length;
    const what = `${moved} of ${changes.length} partitions to ${to.toLowerCase()}`;
    return execute
      ? { done: true, reason: 'Done', message: `set ${what}` }
      : {
          done: false,
          reason: 'DryRun',
          message: `would set ${what}; set execute to carry it out`,
        };
  } catch (thrown) {
    const { code, message } = toMillraceError(thrown);
    return { done: false, reason: code, message: `the offsets are not set: ${message}` };
  }
}
