/** Lag of groups as millrace.v1 tells it. What is not known is absent. */
import { partitionOf, topicOf } from '@millrace/core/assignors/partitionRef';
import type { LagVerdict } from '@millrace/core/lag/lagVerdict';
import type { GroupLag } from '@millrace/proto/generated/millrace/v1/GroupLag';
import type { PartitionLag } from '@millrace/proto/generated/millrace/v1/PartitionLag';
import type { Topics } from '../engine/topics.ts';
import type { GroupLagReport, PartitionLagReport } from '../groups/lag/groupLag.ts';
import { errorMessage } from './errorMessage.ts';
import { conditionMessage } from './groupMessages.ts';

const VERDICTS = {
  OK: 'LAG_VERDICT_OK',
  UNKNOWN: 'LAG_VERDICT_UNKNOWN',
  WARN: 'LAG_VERDICT_WARN',
  REWIND: 'LAG_VERDICT_REWIND',
  STALL: 'LAG_VERDICT_STALL',
  STOP: 'LAG_VERDICT_STOP',
} as const satisfies Record<LagVerdict, string>;

/** Without its partitions. */
export function lagSummaryMessage(report: GroupLagReport): GroupLag {
  return {
    group: report.groupId,
    condition: conditionMessage(report.condition),
    members: report.members,
    verdict: VERDICTS[report.verdict],
    partitions: report.partitions.length,
    partitionsUnknown: report.unknown,
    records: report.records,
    lagMs: report.lagMs,
    ends: report.ends,
  };
}

export function partitionLagMessage(lag: PartitionLagReport, topics: Topics): PartitionLag {
  const { ref, committed, owner, position, records, lagMs, verdict, error } = lag;
  const topicId = topicOf(ref);
  return {
    topicId,
    topicName: topics.byId(topicId)?.name ?? '',
    partition: partitionOf(ref),
    verdict: VERDICTS[verdict],
    memberId: owner,
    ...(committed && { committed: committed.offset, commitMs: committed.commitMs }),
    ...(position && { logStart: position.logStart, end: position.end }),
    ...(records === undefined ? {} : { records }),
    ...(lagMs === undefined ? {} : { lagMs }),
    ...(error && { error: errorMessage(error) }),
  };
}
