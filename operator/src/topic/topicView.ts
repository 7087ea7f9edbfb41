/** What a Topic is judged by, gathered at one moment. */
import type { ClusterId } from '@millrace/core/ids';
import type { BrokerLoads } from '@millrace/core/replicaMoves';
import type {
  AssignmentSpec,
  AssignmentStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { ClusterSpec } from '@millrace/core/resources/custom/clusterResource';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import type { KnownBroker } from '../world/brokerLoads.ts';

export interface KnownAssignment {
  readonly name: string;
  readonly spec: AssignmentSpec;
  /** Undefined: the controller has not written it yet. */
  readonly status: AssignmentStatus | undefined;
}

export interface KnownCluster {
  readonly name: string;
  /** Undefined: it has no identity yet. */
  readonly clusterId: ClusterId | undefined;
  readonly spec: ClusterSpec;
}

export interface TopicView {
  readonly topic: TopicResource;
  /** Undefined: there is none of that name. */
  readonly cluster: KnownCluster | undefined;
  /** Other Topics of the cluster whose name can't be told from this one's in metrics, itself not among them. */
  readonly rivals: readonly TopicResource[];
  readonly brokers: readonly KnownBroker[];
  /** What those that are live hold; a copy that may be charged. */
  readonly loads: () => BrokerLoads;
}

/** For clients. */
export function topicNameOf({ spec, metadata }: TopicResource): string {
  return spec.topicName ?? metadata.name;
}
