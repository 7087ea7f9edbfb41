/** What waits to be written to one PartitionAssignment. One write of it is under way at most. */
import type { MillraceError } from '@millrace/core/errors';
import type { AssignmentSpec, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { IsrProposal, ProposalAnswer } from '../cluster/sessionMessages.ts';
import type { Chunk } from './chunk.ts';
import type { Proposer } from './isrProposal.ts';
import type { PartitionView } from './partitionView.ts';

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export interface PendingProposal extends Waiter<ProposalAnswer> {
  readonly index: number;
  readonly proposal: IsrProposal;
  readonly from: Proposer;
}

/** A change that somebody asked for; what `decide` throws, refuses it. */
export interface PendingCommand extends Waiter<PartitionStatus> {
  readonly index: number;
  readonly decide: (status: PartitionStatus, view: PartitionView) => PartitionStatus;
}

export interface PendingSpec extends Waiter<void> {
  readonly change: (spec: AssignmentSpec) => AssignmentSpec;
}

export interface Work {
  readonly dirty: Set<number>;
  proposals: PendingProposal[];
  commands: PendingCommand[];
  specs: PendingSpec[];
}

export class Lane {
  readonly chunk: Chunk;
  work: Work = noWork();
  /** When it is to be written; Infinity: nothing waits. */
  dueMs = Infinity;
  /** A write is under way. */
  busy = false;
  /** The store may hold something newer: it is read first. */
  stale = false;
  /** It is not in the store any more. */
  gone = false;

  constructor(chunk: Chunk) {
    this.chunk = chunk;
  }

  get isIdle(): boolean {
    const { dirty, proposals, commands, specs } = this.work;
    return dirty.size === 0 && proposals.length + commands.length + specs.length === 0;
  }

  /** All that waits, or only the changes of the spec if there are any: one write is of one half. */
  take(): Work {
    const { work } = this;
    this.dueMs = Infinity;
    if (work.specs.length === 0) {
      this.work = noWork();
      return work;
    }
    this.work = { ...work, specs: [] };
    return { ...noWork(), specs: work.specs };
  }

  /** What was taken and has to be decided again, before what came since. */
  putBack(taken: Work): void {
    for (const index of taken.dirty) this.work.dirty.add(index);
    this.work.proposals = [...taken.proposals, ...this.work.proposals];
    this.work.commands = [...taken.commands, ...this.work.commands];
    this.work.specs = [...taken.specs, ...this.work.specs];
  }
}

/** Tells those who wait that it is not known, or not possible. */
export function refuseWork(work: Work, error: MillraceError): void {
  for (const waiter of [...work.proposals, ...work.commands, ...work.specs]) waiter.reject(error);
}

function noWork(): Work {
  return { dirty: new Set(), proposals: [], commands: [], specs: [] };
}
