/**
 * Which clusterId a Cluster has. It is on every disk and in every assignment: it is minted only where nothing names one. A
 * new one beside old disks would end each broker as it restarts (safety.md, rule 30). Pure.
 */
import { type ClusterId, toClusterId } from '@millrace/core/ids';
import { ClusterProblem } from './clusterProblem.ts';

export interface IdentityView {
  readonly cluster: string;
  /** Of spec. */
  readonly asked: string | undefined;
  /** Of the ClusterState; undefined: there is none. */
  readonly kept: ClusterId | undefined;
  /** Ids that the Cluster's status, its assignments and what its brokers are configured with name. */
  readonly named: readonly string[];
  /** Assignments that cannot be read and may name one. */
  readonly unreadable: readonly string[];
}

/** Undefined: nothing names one, nor is any asked for. Throws ClusterProblem. */
export function planIdentity({
  cluster,
  asked,
  kept,
  named,
  unreadable,
}: IdentityView): ClusterId | undefined {
  const [found, other] = new Set(named);
  const known = kept ?? found;
  if (kept === undefined && (other !== undefined || unreadable.length > 0)) {
    const why =
      other === undefined
        ? `the assignment ${unreadable[0]} cannot be read`
        : `assignments and status name several: ${found}, ${other}`;
    throw new ClusterProblem(
      'ClusterIdUnknown',
      `the ClusterState ${cluster} is gone, and which clusterId the disks have is not certain (${why}): make the ClusterState again with the one that they have`,
    );
  }
  if (known === undefined) return asked === undefined ? undefined : toClusterId(asked);
  if (asked !== undefined && asked !== known) {
    throw new ClusterProblem(
      'ClusterIdConflict',
      `spec.clusterId is ${asked}, and the disks of ${cluster} have ${known}: set spec.clusterId to that, or give the Cluster another name`,
    );
  }
  return toClusterId(known);
}
