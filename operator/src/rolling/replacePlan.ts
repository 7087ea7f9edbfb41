/**
 * A broker whose disk is lost gets a new one, when a person asks for it (kubernetes.md, Failed broker): only while nothing
 * of what was acknowledged counts on what may be on the old one. Pure.
 */
import type { BrokerId } from '@millrace/core/ids';
import { brokerOf } from '@millrace/core/resources/partitionAssignment';
import type { KnownAssignment } from '../topic/topicView.ts';
import type { PodView } from './podView.ts';

export interface ReplaceView {
  readonly id: BrokerId;
  /** Undefined: there is none. */
  readonly pod: PodView | undefined;
  /** By the controller: it leads nothing and is in no ISR by its own doing. */
  readonly isFenced: boolean;
  /** All that may be the cluster's. */
  readonly assignments: readonly KnownAssignment[];
}

export type ReplaceStep =
  | { readonly kind: 'replace' }
  | { readonly kind: 'refused'; readonly message: string };

const SHOWN = 3;

export function planReplace({ id, pod, isFenced, assignments }: ReplaceView): ReplaceStep {
  if (pod?.isReady === true || !isFenced) {
    return {
      kind: 'refused',
      message: `broker ${id} is live: scale the cluster, or stop it, before its disk goes`,
    };
  }
  const unknown = assignments.find(
    ({ spec, status }) => !spec.deleted && !isTold(id, spec, status),
  );
  if (unknown !== undefined) {
    return {
      kind: 'refused',
      message: `the assignment ${unknown.name} of ${unknown.spec.topicName} does not say which of its copies count: nobody knows whether the disk of broker ${id} is needed. Wait until its partitions have leaders`,
    };
  }
  const counted: string[] = [];
  for (const { spec, status } of assignments) {
    if (spec.deleted) continue;
    for (const { p, isr, eligible } of status?.partitions ?? []) {
      const counts = [...isr, ...eligible].some((copy) => brokerOf(copy) === id);
      if (counts) counted.push(`${spec.topicName}/${p}`);
    }
  }
  if (counted.length === 0) return { kind: 'replace' };
  const some = counted.slice(0, SHOWN).join(', ');
  return {
    kind: 'refused',
    message: `${counted.length} partitions count on the disk of broker ${id} (${some}): with it what was acknowledged would go. Wait until others are in sync; where none is left, see millrace leader unclean-elect`,
  };
}

/**
 * Whether it is known of every partition what counts: a status that was lost, or where nothing is in sync, is decided by
 * an election that needs the copies of most brokers (safety.md, rule 9).
 */
function isTold(
  id: BrokerId,
  { replicas }: KnownAssignment['spec'],
  status: KnownAssignment['status'],
): boolean {
  if (status === undefined || status.partitions.length < replicas.length) return false;
  return status.partitions.every(
    ({ replicas: had, adding, isr, leader }, index) =>
      (isr.length > 0 && leader !== null) ||
      ![...(replicas[index] ?? []), ...had, ...adding].includes(id),
  );
}
