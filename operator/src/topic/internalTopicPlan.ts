/**
 * Topics of the cluster itself have no Topic: the controller makes them, then their specs are the operator's. More copies
 * as brokers join [`__groups` of a cluster that began with one broker dies with it], other brokers as brokers leave. Pure.
 */
import type { BrokerId } from '@millrace/core/ids';
import { internalTopic } from '@millrace/core/internalTopics';
import { type BrokerLoads, drained, resized } from '@millrace/core/replicaMoves';
import type { AssignmentSpec } from '@millrace/core/resources/partitionAssignment';
import { topicConfigValues } from '@millrace/core/topicConfig';
import { isSame } from '../world/covers.ts';

/** Undefined: it is as it should be. `spec`: the whole of the topic, as internal topics have one chunk. */
export function planInternalTopic(
  spec: AssignmentSpec,
  loads: BrokerLoads,
  draining: ReadonlySet<BrokerId>,
): AssignmentSpec | undefined {
  const topic = internalTopic(spec.topicName, spec.replicas.length);
  if (topic === undefined || spec.deleted) return undefined;
  const usable = [...loads.values()].filter(({ cordoned }) => !cordoned).length;
  const has = spec.replicas.reduce((most, replicas) => Math.max(most, replicas.length), 1);
  const replicationFactor = Math.max(has, Math.min(topic.replicationFactorMax, usable));
  const replicas = spec.replicas.map((brokers) =>
    drained(resized(brokers, replicationFactor, loads), draining, loads),
  );
  const config = { ...spec.config, ...topicConfigValues(topic.config, { replicationFactor }) };
  const wanted = { ...spec, replicas, config };
  return isSame(spec, wanted) ? undefined : wanted;
}
