/** Groups that this broker coordinates, for Prometheus, as measured last: what could not be measured has no value. */
import { partitionOf, topicOf } from '@millrace/core/assignors/partitionRef';
import { Gauge, type Registry } from 'prom-client';
import type { Engine } from '../engine/engine.ts';
import type { GroupLagReport, PartitionLagReport } from '../groups/lag/groupLag.ts';

export function observeGroups(registry: Registry, engine: Engine, isPerPartition: boolean): void {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers });
  new Gauge({
    name: 'millrace_groups',
    help: 'Groups that this broker coordinates.',
    labelNames: ['condition'],
    registers,
    // Made before the others, it is read before them, and sets them all.
    collect() {
      this.reset();
      for (const each of [records, seconds, unknown, verdicts, members]) each.reset();
      for (const report of engine.groups.lags.reports()) {
        this.inc({ condition: report.condition });
        members.set({ group: report.groupId }, report.members);
        verdicts.set({ group: report.groupId, verdict: report.verdict }, 1);
        for (const [topic, lags] of byTopic(engine, report)) {
          const at = { group: report.groupId, topic };
          const missing = lags.filter((lag) => lag.records === undefined).length;
          if (missing > 0) unknown.set(at, missing);
          if (isPerPartition) {
            for (const lag of lags) {
              setLag(records, seconds, { ...at, partition: partitionOf(lag.ref) }, [lag]);
            }
          } else if (missing === 0) setLag(records, seconds, at, lags);
        }
      }
    },
  });
  const place = isPerPartition ? ['group', 'topic', 'partition'] : ['group', 'topic'];
  const records = gauge('millrace_group_lag_records', 'Records not committed yet.', place);
  const seconds = gauge(
    'millrace_group_lag_seconds',
    'Age of the oldest record that is not committed yet.',
    place,
  );
  const unknown = gauge('millrace_group_lag_unknown_partitions', 'Whose lag is not known.', [
    'group',
    'topic',
  ]);
  const verdicts = gauge('millrace_group_lag_verdict', '1 for what docs/GROUPS.md says of it.', [
    'group',
    'verdict',
  ]);
  const members = gauge('millrace_group_members', 'Of the group.', ['group']);
}

function byTopic(engine: Engine, report: GroupLagReport): Map<string, PartitionLagReport[]> {
  const topics = new Map<string, PartitionLagReport[]>();
  for (const lag of report.partitions) {
    const name = engine.topics.byId(topicOf(lag.ref))?.name ?? topicOf(lag.ref);
    const lags = topics.get(name);
    if (lags === undefined) topics.set(name, [lag]);
    else lags.push(lag);
  }
  return topics;
}

/** Nothing if one of them is not known: a sum that lacks some looks as if all were well. */
function setLag(
  records: Gauge,
  seconds: Gauge,
  labels: Record<string, string | number>,
  lags: readonly PartitionLagReport[],
): void {
  let sum = 0;
  let oldestMs: number | undefined = 0;
  for (const { records: count, lagMs } of lags) {
    if (count === undefined) return;
    sum += count;
    oldestMs =
      lagMs === undefined || oldestMs === undefined ? undefined : Math.max(oldestMs, lagMs);
  }
  records.set(labels, sum);
  if (oldestMs !== undefined) seconds.set(labels, oldestMs / 1000);
}
