/** The leader epochs of one partition, one after the other: what each has to acknowledge, commit and propose. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { FollowVerdict } from '@millrace/core/messages/follow';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { PartitionLog } from '../log/partition/partitionLog.ts';
import {
  Acknowledgements,
  type Acks,
  type Appended,
  type AppendListener,
} from './acknowledgements.ts';
import type { CopyRecord } from './copyRecord.ts';
import type { Fetch, LeaderLog } from './fetchVerdict.ts';
import type { IsrAnswer, IsrChange } from './isrChange.ts';
import { LeaderState } from './leaderState.ts';
import type { PartitionHost } from './partitionHost.ts';
import type { ReplicationRulesOff } from './replicationRules.ts';
import { SettledWaiters } from './settledWaiters.ts';

export interface LeadershipParts {
  readonly name: string;
  readonly log: PartitionLog;
  readonly host: PartitionHost;
  readonly record: CopyRecord;
  readonly view: LeaderLog;
  readonly highWatermarkRaised: (highWatermark: Offset) => void;
  /** A change of the ISR may be due. */
  readonly isrDue: () => void;
}

export class Leadership {
  readonly acknowledgements = new Acknowledgements();
  readonly #parts: LeadershipParts;
  readonly #rulesOff: ReplicationRulesOff;
  readonly #settled = new SettledWaiters();
  #state: LeaderState | undefined;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.#rulesOff = parts.host.rulesOff;
  }

  /** Undefined while it does not lead. */
  get leaderEpoch(): number | undefined {
    return this.#state?.leaderEpoch;
  }

  begin(status: PartitionStatus, self: CopyName, highWatermark: Offset): void {
    const { log, host, record, name } = this.#parts;
    this.end(millraceError('NOT_LEADER', `${name}: its leader epoch is over`));
    this.#state = new LeaderState({
      self,
      status,
      epochStart: log.logEndOffset,
      highWatermark,
      minIsr: record.minIsr,
      nowMs: this.#nowMs,
      replicaLagMsMax: host.replicaLagMsMax,
      rulesOff: this.#rulesOff,
    });
    this.#advance();
  }

  /** A later state of the same epoch. */
  change(status: PartitionStatus): void {
    const state = this.#state;
    if (state === undefined) return;
    state.applyStatus(status, this.#nowMs);
    state.setMinIsr(this.#parts.record.minIsr);
    this.#advance();
    if (status.isr.length >= status.minIsr) return;
    const message = `${this.#parts.name}: ${status.isr.length} in sync, ${status.minIsr} wanted`;
    this.acknowledgements.failCommitted(millraceError('NOT_ENOUGH_REPLICAS_AFTER_APPEND', message));
  }

  /** What the epoch appended and did not acknowledge: nobody knows whether a later leader keeps it (rule 1). */
  end(error: MillraceError): void {
    this.#state = undefined;
    if (!this.#rulesOff.has('acknowledge-in-epoch')) this.acknowledgements.end(error);
    this.#settled.fail(error);
  }

  /** A batch that is in the log already is acknowledged like the one before it (rule 15). */
  repeated(appended: Appended, acks: Acks, listener: AppendListener, committed: Offset): void {
    const counts = this.#rulesOff.has('duplicate-awaits-watermark')
      ? appended.endOffset
      : committed;
    const ends = { committed: counts, durable: this.#parts.log.durableEndOffset };
    this.acknowledgements.addDuplicate(appended, acks, listener, ends);
  }

  /** Throws NOT_ENOUGH_REPLICAS. */
  checkAcks(acks: Acks): void {
    const state = this.#state;
    if (acks !== 'all' || state === undefined || !state.isUnderMinIsr) return;
    if (this.#rulesOff.has('append-needs-min-isr')) return;
    const message = `${this.#parts.name}: ${state.isr.length} in sync, ${state.minIsr} wanted`;
    throw millraceError('NOT_ENOUGH_REPLICAS', message);
  }

  /** The minimum of the last state is recorded. */
  minIsrRecorded(): void {
    this.#state?.setMinIsr(this.#parts.record.minIsr);
    this.#advance();
  }

  /** The durable end of this copy has moved. */
  durable(): void {
    this.acknowledgements.durable(this.#parts.log.durableEndOffset);
    this.#advance();
  }

  /** Resolves once offsets may be told (rule 4). UNAVAILABLE after `timeoutMs`, or why it leads no more. */
  whenSettled(timeoutMs: number): Promise<void> {
    const { host } = this.#parts;
    if (this.#state?.isSettled !== false) return Promise.resolve();
    return this.#settled.add(host.clock, timeoutMs);
  }

  fetch(fetch: Fetch): FollowVerdict | undefined {
    const state = this.#state;
    if (state === undefined) return { code: 'NOT_LEADER' };
    const nowMs = this.#nowMs;
    const verdict = state.fetch(fetch, this.#parts.view, nowMs);
    if (verdict !== undefined) return verdict;
    this.#advance();
    if (state.wantsChange(nowMs)) this.#parts.isrDue();
    return undefined;
  }

  checkFollowers(nowMs: number): void {
    const state = this.#state;
    if (state === undefined) return;
    if (state.tick(this.#parts.view.readableEnd, nowMs) || state.hasPending) this.#parts.isrDue();
  }

  nextIsrChange(nowMs: number): IsrChange | undefined {
    return this.#state?.nextChange(nowMs);
  }

  isrChangeAnswered(change: IsrChange, answer: IsrAnswer, nowMs: number): void {
    const state = this.#state;
    if (state?.leaderEpoch !== change.leaderEpoch) return;
    state.answered(change, answer, nowMs);
    this.#advance();
  }

  get #nowMs(): number {
    return this.#parts.host.clock.monotonicMs();
  }

  #advance(): void {
    const state = this.#state;
    if (state === undefined || !state.advance(this.#parts.log.durableEndOffset)) return;
    this.#parts.highWatermarkRaised(state.highWatermark);
    if (state.isSettled) this.#settled.resolve();
  }
}
