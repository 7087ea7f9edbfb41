/** ClusterState: the one object of a cluster (contracts.md, Cluster state objects). Each half has one writer. */
import { type ClusterId, toClusterId } from '../ids.ts';
import { integerAt, objectAt, storedAt } from './storedFields.ts';

export const CLUSTER_STATE_NAME = 'cluster';
/** What this code writes at most; it gates record types, changed wire fields and disk formats. */
export const FEATURE_LEVEL = 1;

export interface ClusterStateSpec {
  readonly clusterId: ClusterId;
  readonly featureLevel: number;
}

export interface ClusterStateStatus {
  readonly featureLevel: number;
  /** The first producer id that was never handed out. */
  readonly producerIdNext: number;
}

/** Throws CORRUPT_STATE. */
export function parseClusterStateSpec(value: unknown): ClusterStateSpec {
  const spec = objectAt(value, 'spec');
  storedAt(spec.clusterId, 'spec.clusterId', toClusterId);
  integerAt(spec.featureLevel, 'spec.featureLevel');
  return value as ClusterStateSpec;
}

/** Throws CORRUPT_STATE. */
export function parseClusterStateStatus(value: unknown): ClusterStateStatus {
  const status = objectAt(value, 'status');
  integerAt(status.featureLevel, 'status.featureLevel');
  integerAt(status.producerIdNext, 'status.producerIdNext', Number.MAX_SAFE_INTEGER);
  return value as ClusterStateStatus;
}
