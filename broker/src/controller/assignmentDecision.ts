/** Decides what one write of a PartitionAssignment contains: every waiting change against the newest committed state. */
import { millraceError, toMillraceError } from '@millrace/core/errors';
import {
  ASSIGNMENT_FORMAT_VERSION,
  type AssignmentSpec,
  type AssignmentStatus,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { AnyChange } from '../store/clusterStore.ts';
import type { Chunk } from './chunk.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import { judgeProposal } from './isrProposal.ts';
import type { Work } from './lane.ts';
import { type NextStep, nextStep } from './nextStatus.ts';
import type { PartitionViews } from './partitionViews.ts';

export interface Decision {
  readonly chunk: Chunk;
  readonly work: Work;
  /** Undefined: nothing to write. */
  readonly change: AnyChange | undefined;
  /** Once the change is committed, or at once if there is none. */
  readonly settle: (() => void)[];
  readonly steps: readonly { readonly index: number; readonly step: NextStep }[];
}

export interface DecisionContext {
  readonly views: PartitionViews;
  readonly controllerEpoch: number;
  readonly rulesOff: ControllerRulesOff;
}

export function decide(chunk: Chunk, work: Work, context: DecisionContext): Decision {
  return work.specs.length > 0 ? decideSpec(chunk, work) : decideStatus(chunk, work, context);
}

function decideSpec(chunk: Chunk, work: Work): Decision {
  const { object } = chunk;
  let spec: AssignmentSpec = object.spec;
  const settle: (() => void)[] = [];
  for (const { change, resolve, reject } of work.specs) {
    try {
      spec = change(spec);
      settle.push(resolve);
    } catch (error) {
      reject(toMillraceError(error));
    }
  }
  const { kind, name, version: expectedVersion } = object;
  const change = spec === object.spec ? undefined : { kind, name, expectedVersion, spec };
  return { chunk, work, change, settle, steps: [] };
}

function decideStatus(chunk: Chunk, work: Work, context: DecisionContext): Decision {
  const draft = new StatusDraft(chunk, context);
  const settle: (() => void)[] = [];
  for (const { index, proposal, from, resolve } of work.proposals) {
    const status = draft.get(index);
    if (status === undefined) {
      settle.push(() => resolve({ code: 'UNKNOWN' }));
      continue;
    }
    const view = context.views.of(chunk, index, status);
    const judged = judgeProposal(status, view, proposal, from, context.rulesOff);
    if (judged.status !== undefined) draft.put(index, judged.status);
    settle.push(() => resolve(judged.answer));
  }
  for (const { index, decide: decideCommand, resolve, reject } of work.commands) {
    try {
      const status = draft.get(index);
      if (status === undefined) throw millraceError('PARTITION_OFFLINE', 'it has no leader yet');
      const changed = decideCommand(status, context.views.of(chunk, index, status));
      if (changed !== status) draft.put(index, changed);
      settle.push(() => resolve(changed));
    } catch (error) {
      reject(toMillraceError(error));
    }
  }
  // Of a deleted topic only the data is left, and that goes.
  const dirty = chunk.object.spec.deleted ? [] : [...work.dirty];
  const steps = dirty.map((index) => ({ index, step: draft.advance(index) }));
  return { chunk, work, change: draft.change(), settle, steps };
}

class StatusDraft {
  readonly #chunk: Chunk;
  readonly #context: DecisionContext;
  readonly #changed = new Map<number, PartitionStatus>();

  constructor(chunk: Chunk, context: DecisionContext) {
    this.#chunk = chunk;
    this.#context = context;
  }

  get(index: number): PartitionStatus | undefined {
    return this.#changed.get(index) ?? this.#chunk.statusAt(index);
  }

  put(index: number, status: PartitionStatus): void {
    this.#changed.set(index, status);
  }

  advance(index: number): NextStep {
    const { views, rulesOff } = this.#context;
    const step = nextStep(views.of(this.#chunk, index, this.get(index)), rulesOff);
    if (step.status !== undefined) this.put(index, step.status);
    return step;
  }

  change(): AnyChange | undefined {
    if (this.#changed.size === 0) return undefined;
    const { kind, name, version: expectedVersion, status } = this.#chunk.object;
    // A list without holes, however few of its partitions have begun.
    const length = Math.max(
      status?.partitions.length ?? 0,
      ...[...this.#changed.keys()].map((i) => i + 1),
    );
    const partitions = Array.from(
      { length },
      (_, index) => this.get(index) ?? this.#chunk.shownAt(index),
    );
    const { controllerEpoch } = this.#context;
    const written: AssignmentStatus = {
      formatVersion: ASSIGNMENT_FORMAT_VERSION,
      controllerEpoch: Math.max(controllerEpoch, status?.controllerEpoch ?? 0),
      partitions,
    };
    return { kind, name, expectedVersion, status: written };
  }
}
