/**
 * The only writer of PartitionAssignments: decide -> compare-and-set -> replay. One write is under way per object, what
 * arrives meanwhile merges into the next; each change is decided anew on the newest committed state and drops out if it
 * is past. Elections go at once, shrinks of an ISR after 50 ms, expansions after 500 ms and at most twice a second.
 * Nothing is answered or published before the store has it. (contracts.md, Writes; safety.md, rules 5 and 18)
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { AssignmentSpec, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { IsrProposal, ProposalAnswer } from '../cluster/sessionMessages.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { ClusterStore } from '../store/clusterStore.ts';
import { type Decision, type DecisionContext, decide } from './assignmentDecision.ts';
import type { Chunk, StoredAssignment } from './chunk.ts';
import { expands, type Proposer } from './isrProposal.ts';
import { Lane, refuseWork, type Work } from './lane.ts';
import type { PartitionView } from './partitionView.ts';

const SHRINK_DELAY_MS = 50;
const EXPAND_DELAY_MS = 500;
const RETRY_DELAY_MS = 200;
/** Partitions that are decided between two turns of the event loop. */
const SLICE_PARTITIONS = 250;
/** More objects than this are read again by one listing. */
const SINGLE_READS_MAX = 16;

export interface AssignmentWriterParts extends DecisionContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ClusterStore;
  /** Objects in one call of the store. */
  readonly writeBatchMax: number;
  /** Calls under way at once. */
  readonly writesMax: number;
  /** A committed object, read or written; undefined: it is gone from the store. */
  readonly onCommitted: (chunk: Chunk, object: StoredAssignment | undefined) => void;
  /** After the commit: what the decisions wait for. */
  readonly onSteps: (chunk: Chunk, steps: Decision['steps']) => void;
}

export class AssignmentWriter {
  readonly #parts: AssignmentWriterParts;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes with work, in the order in which they got some. */
  readonly #waiting = new Set<Lane>();
  #calls = 0;
  #isPumpPlanned = false;
  #timer: TimerHandle | undefined;
  #closed: MillraceError | undefined;

  constructor(parts: AssignmentWriterParts) {
    this.#parts = parts;
  }

  /** What waits is refused with it; what is under way may still be committed. */
  close(error: MillraceError): void {
    this.#closed = error;
    this.#timer?.cancel();
    for (const { work } of this.#waiting) refuseWork(work, error);
    this.#waiting.clear();
    this.#lanes.clear();
  }

  /** Decide about the partition again. */
  mark(chunk: Chunk, index: number): void {
    const lane = this.#laneOf(chunk);
    lane.work.dirty.add(index);
    this.#plan(lane, 0);
  }

  /** The store may hold something newer than what is known: read, then decide. */
  refresh(chunk: Chunk, index: number): void {
    this.#laneOf(chunk).stale = true;
    this.mark(chunk, index);
  }

  /** Resolves once the answer is committed. Rejects with STORE_UNAVAILABLE or NOT_CONTROLLER, `unknown` if need be. */
  propose(
    chunk: Chunk,
    index: number,
    proposal: IsrProposal,
    from: Proposer,
  ): Promise<ProposalAnswer> {
    const status = chunk.statusAt(index);
    return this.#enqueue<ProposalAnswer>(chunk, (lane, resolve, reject) => {
      lane.work.proposals.push({ index, proposal, from, resolve, reject });
      const isNewer =
        status === undefined ||
        proposal.leaderEpoch > status.leaderEpoch ||
        proposal.epoch > status.epoch;
      if (isNewer) lane.stale = true;
      const joins = status !== undefined && expands(status, proposal.isr);
      return joins ? EXPAND_DELAY_MS : SHRINK_DELAY_MS;
    });
  }

  /** Resolves to the committed status. Rejects with what `decide` throws, and as `propose`. */
  command(
    chunk: Chunk,
    index: number,
    decideCommand: (status: PartitionStatus, view: PartitionView) => PartitionStatus,
  ): Promise<PartitionStatus> {
    return this.#enqueue<PartitionStatus>(chunk, (lane, resolve, reject) => {
      lane.work.commands.push({ index, decide: decideCommand, resolve, reject });
      return 0;
    });
  }

  /** Of the newest spec makes the next one; the same value changes nothing. */
  changeSpec(chunk: Chunk, change: (spec: AssignmentSpec) => AssignmentSpec): Promise<void> {
    return this.#enqueue<void>(chunk, (lane, resolve, reject) => {
      lane.work.specs.push({ change, resolve, reject });
      return 0;
    });
  }

  #enqueue<T>(
    chunk: Chunk,
    add: (lane: Lane, resolve: (value: T) => void, reject: (error: unknown) => void) => number,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(this.#closed);
        return;
      }
      const lane = this.#laneOf(chunk);
      this.#plan(lane, add(lane, resolve, reject));
    });
  }

  #laneOf(chunk: Chunk): Lane {
    const known = this.#lanes.get(chunk.name);
    if (known?.chunk === chunk) return known;
    const lane = new Lane(chunk);
    this.#lanes.set(chunk.name, lane);
    return lane;
  }

  #plan(lane: Lane, delayMs: number): void {
    if (this.#closed !== undefined) return;
    lane.dueMs = Math.min(lane.dueMs, this.#parts.clock.monotonicMs() + delayMs);
    this.#waiting.add(lane);
    this.#planPump();
  }

  /** At the end of the tick: what it brings goes into one write. */
  #planPump(): void {
    if (this.#isPumpPlanned) return;
    this.#isPumpPlanned = true;
    this.#parts.clock.soon(() => {
      this.#isPumpPlanned = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { clock, writesMax } = this.#parts;
    if (this.#closed !== undefined) return;
    while (this.#calls < writesMax) {
      const batch = this.#takeDue(clock.monotonicMs());
      if (batch.length === 0) break;
      this.#calls += 1;
      this.#write(batch)
        .catch((error: unknown) => {
          this.#parts.logger.error('a write of assignments failed', { cause: String(error) });
        })
        .finally(() => {
          this.#calls -= 1;
          this.#planPump();
        });
    }
    this.#arm();
  }

  #arm(): void {
    const { clock } = this.#parts;
    this.#timer?.cancel();
    this.#timer = undefined;
    let dueMs = Infinity;
    for (const lane of this.#waiting) if (!lane.busy) dueMs = Math.min(dueMs, lane.dueMs);
    const delayMs = dueMs - clock.monotonicMs();
    // What is due already waits for a call to end.
    if (delayMs > 0 && delayMs < Infinity) {
      this.#timer = clock.setTimer(delayMs, () => this.#pump());
    }
  }

  #takeDue(nowMs: number): { lane: Lane; work: Work }[] {
    const batch: { lane: Lane; work: Work }[] = [];
    for (const lane of this.#waiting) {
      if (batch.length >= this.#parts.writeBatchMax) break;
      if (lane.busy || lane.dueMs > nowMs) continue;
      lane.busy = true;
      const work = lane.take();
      // What is left goes with the next write of the object.
      if (lane.isIdle) this.#waiting.delete(lane);
      else lane.dueMs = nowMs;
      batch.push({ lane, work });
    }
    return batch;
  }

  async #write(batch: readonly { lane: Lane; work: Work }[]): Promise<void> {
    const lanes = batch.map(({ lane }) => lane);
    let decisions: Decision[] = [];
    try {
      await this.#read(lanes.filter(({ stale }) => stale));
      decisions = await this.#decideAll(batch);
      if (this.#closed !== undefined) throw this.#closed;
      const changes = decisions.flatMap(({ change }) => change ?? []);
      const versions = await this.#parts.store.update(changes);
      await this.#commitAll(decisions, versions);
    } catch (thrown) {
      await this.#failed(batch, decisions, toMillraceError(thrown));
    } finally {
      for (const lane of lanes) lane.busy = false;
    }
  }

  async #decideAll(batch: readonly { lane: Lane; work: Work }[]): Promise<Decision[]> {
    this.#parts.views.recount();
    const decisions: Decision[] = [];
    let partitions = 0;
    for (const { lane, work } of batch) {
      if (partitions > SLICE_PARTITIONS) {
        await this.#turn();
        partitions = 0;
      }
      if (lane.gone) {
        const { topicName } = lane.chunk.object.spec;
        refuseWork(work, millraceError('UNKNOWN_TOPIC', `topic ${topicName} is gone`));
        continue;
      }
      decisions.push(decide(lane.chunk, work, this.#parts));
      partitions += work.dirty.size + work.proposals.length + 1;
    }
    return decisions;
  }

  async #commitAll(decisions: readonly Decision[], versions: readonly number[]): Promise<void> {
    let written = 0;
    let partitions = 0;
    for (const decision of decisions) {
      if (partitions > SLICE_PARTITIONS) {
        await this.#turn();
        partitions = 0;
      }
      const version = decision.change === undefined ? undefined : versions[written++];
      this.#commit(decision, version);
      partitions += decision.work.dirty.size + 1;
    }
  }

  /** Lets the event loop serve others: no lane of the write under way changes meanwhile. */
  #turn(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.soon(resolve));
  }

  #commit({ chunk, change, settle, steps }: Decision, version: number | undefined): void {
    // Its own watch event may have been faster, and others after it.
    const isNewer = version !== undefined && version > chunk.object.version;
    if (this.#closed === undefined && change !== undefined && isNewer) {
      const half = 'spec' in change ? { spec: change.spec } : { status: change.status };
      this.#parts.onCommitted(chunk, { ...chunk.object, ...half, version } as StoredAssignment);
    }
    for (const tell of settle) tell();
    if (this.#closed === undefined) this.#parts.onSteps(chunk, steps);
  }

  /** Nothing is known of the objects any more: they are read again, and everything is decided again. */
  async #failed(
    batch: readonly { lane: Lane; work: Work }[],
    decisions: readonly Decision[],
    error: MillraceError,
  ): Promise<void> {
    const { logger, rulesOff, store } = this.#parts;
    if (this.#closed !== undefined) {
      // It may have been sent before: only who proposed knows.
      for (const { work } of batch) refuseWork(work, unknownOutcome(this.#closed));
      return;
    }
    const isConflict = error.code === 'CONFLICT';
    if (!isConflict) {
      logger.warn('the cluster store does not take assignments', { cause: error.message });
      for (const { work } of batch) {
        refuseWork(work, unknownOutcome(error));
        Object.assign(work, { proposals: [], commands: [], specs: [] });
      }
    }
    for (const { lane, work } of batch) {
      lane.stale = true;
      lane.putBack(work);
      this.#plan(lane, isConflict ? 0 : RETRY_DELAY_MS);
    }
    if (!isConflict || !rulesOff.has('conflict-revalidates')) return;
    await this.#read(batch.map(({ lane }) => lane));
    const blind = decisions.flatMap(({ chunk, change }) =>
      change === undefined ? [] : [{ ...change, expectedVersion: chunk.object.version }],
    );
    await store.update(blind);
  }

  async #read(lanes: readonly Lane[]): Promise<void> {
    const { store } = this.#parts;
    if (lanes.length === 0) return;
    const known = lanes.map(({ chunk }) => chunk.object.version);
    const read =
      lanes.length <= SINGLE_READS_MAX
        ? await Promise.all(lanes.map(({ chunk }) => store.get('PartitionAssignment', chunk.name)))
        : await this.#listed(lanes);
    for (const [at, lane] of lanes.entries()) {
      if (this.#closed !== undefined) return;
      const object = read[at];
      lane.stale = false;
      lane.gone = object === undefined;
      // Another reading may have brought something newer meanwhile; what is older than what was known when this one was
      // asked for is a rewind, and replaces it.
      const { version } = lane.chunk.object;
      const overtaken =
        object !== undefined && object.version >= (known[at] ?? 0) && object.version < version;
      if (!overtaken) this.#parts.onCommitted(lane.chunk, object);
    }
  }

  async #listed(lanes: readonly Lane[]): Promise<(StoredAssignment | undefined)[]> {
    const { objects } = await this.#parts.store.list('PartitionAssignment');
    const byName = new Map(objects.map((object) => [object.name, object]));
    return lanes.map(({ chunk }) => byName.get(chunk.name));
  }
}

/** The change may have been written by an earlier try, or may yet be. */
function unknownOutcome(error: MillraceError): MillraceError {
  return millraceError(error.code, error.message, { outcome: 'unknown', cause: error });
}
