/**
 * Keeps one process in its group: joins, heartbeats, says what it has stopped on, joins again when it was fenced. It
 * believes in its assignment for as long as its own clock allows (Membership), whatever it hears or does not hear.
 */
import { randomUUID } from 'node:crypto';
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import {
  type ErrorCode,
  type MillraceError,
  millraceError,
  toMillraceError,
} from '@millrace/core/errors';
import type { AssignedPartition__Output } from '@millrace/proto/generated/millrace/v1/AssignedPartition';
import type { CommitOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/CommitOffsetsResponse';
import type { GroupHeartbeatRequest } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatRequest';
import type { GroupJoin } from '@millrace/proto/generated/millrace/v1/GroupJoin';
import type { OffsetToCommit } from '@millrace/proto/generated/millrace/v1/OffsetToCommit';
import { backoffMs, RECONNECT_BACKOFF } from '../backoff.ts';
import type { Logger } from '../logger.ts';
import type { MemberLink } from './memberLink.ts';
import { Membership } from './membership.ts';

export interface MemberOwner {
  /** New ones; `previously` assigned ones go on untouched. */
  assigned(added: ReadonlyMap<PartitionRef, AssignedPartition__Output>): void;
  /** Resolves when it has stopped on them and committed what it wanted to. Never rejects. */
  revoke(refs: readonly PartitionRef[]): Promise<void>;
  /** Others may have them already. */
  lost(refs: readonly PartitionRef[], error: MillraceError): void;
  /** It is no member any more, and will not be. */
  failed(error: MillraceError): void;
}

export interface MemberContext {
  readonly group: string;
  /** Empty: not static. */
  readonly instanceId: string;
  readonly join: GroupJoin;
  readonly link: MemberLink;
  readonly owner: MemberOwner;
  readonly logger: Logger;
}

/** A heartbeat waits so long for news at the coordinator, at most until the next one is due. */
const WAIT_MS = 15_000;
const ANSWER_MS_MAX = 5_000;
const ANSWER_MS_MIN = 1_000;
const LEAVE_MS_MAX = 2_000;

const FENCED: ReadonlySet<ErrorCode> = new Set(['UNKNOWN_MEMBER', 'FENCED_MEMBER_EPOCH']);
/** The broker that was asked is on its way out or behind: another attempt, perhaps elsewhere. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['CANCELLED', 'INTERNAL']);

export class Member {
  readonly #context: MemberContext;
  readonly #stop = new AbortController();
  #membership = new Membership(randomUUID());
  /** Of the present membership: what it waits for matters no more. */
  #over = Promise.withResolvers<void>();
  /** As the coordinator told last. */
  #heartbeatMs = WAIT_MS;
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;

  constructor(context: MemberContext) {
    this.#context = context;
  }

  get memberId(): string {
    return this.#membership.memberId;
  }

  /** False: what it holds may have other owners. To be asked before anything is delivered. */
  get isInSession(): boolean {
    return performance.now() < this.#membership.endMs;
  }

  start(): void {
    this.#isStarted = true;
    void this.#live();
  }

  /** As MemberLink.commit, in the epoch of the present membership. */
  commit(
    offsets: OffsetToCommit[],
    direction: 'forward' | 'rewind',
  ): Promise<CommitOffsetsResponse__Output> {
    const { group, instanceId, link } = this.#context;
    const membership = this.#membership;
    const { memberId, memberEpoch } = membership;
    const request = { group, memberId, instanceId, memberEpoch, offsets };
    const answer = link.commit({ ...request, rewind: direction === 'rewind' }, this.#answerMs);
    // Sooner than the heartbeat that waits, it tells that this member is none any more.
    answer.catch((thrown: unknown) => this.#refused(membership, toMillraceError(thrown)));
    return answer;
  }

  /** Everything was stopped on and committed. Returns within 2 s; whoever is not heard goes with its session. */
  async leave(how: 'leave' | 'stay'): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    clearTimeout(this.#timer);
    if (how === 'leave' && this.#isStarted) {
      const untilMs = performance.now() + LEAVE_MS_MAX;
      const request = { ...this.#reference, leave: true };
      for (let leftMs = LEAVE_MS_MAX; leftMs > 0; leftMs = untilMs - performance.now()) {
        const error = await this.#context.link.heartbeat(request, leftMs).then(
          () => undefined,
          (thrown: unknown) => toMillraceError(thrown),
        );
        if (error === undefined || !mayPass(error)) break;
        await pause(RECONNECT_BACKOFF.firstMs);
      }
    }
    this.#context.link.close();
  }

  get #reference() {
    const { group, instanceId } = this.#context;
    return { group, memberId: this.#membership.memberId, instanceId };
  }

  /** How long an answer may take that waits for nothing: a third of the session, so that there is time for another try. */
  get #answerMs(): number {
    const { sessionMs } = this.#membership;
    if (sessionMs === 0) return ANSWER_MS_MAX;
    return Math.min(ANSWER_MS_MAX, Math.max(ANSWER_MS_MIN, sessionMs / 3));
  }

  async #live(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      const membership = this.#membership;
      try {
        const beat = this.#beat(membership, WAIT_MS);
        beat.catch(() => {});
        await Promise.race([beat, this.#over.promise]);
        failures = 0;
      } catch (thrown) {
        const error = toMillraceError(thrown);
        this.#refused(membership, error);
        if (signal.aborted) return;
        if (!FENCED.has(error.code) && !mayPass(error)) return this.#fail(error);
        failures += 1;
        const { logger, group } = this.#context;
        logger.debug(`group ${group}: ${error.message}`, { code: error.code });
        const askedForMs = error.code === 'UNAVAILABLE' ? 0 : error.retryAfterMs;
        await pause(backoffMs(failures, Math.random(), askedForMs, RECONNECT_BACKOFF), signal);
      }
    }
  }

  /** Nothing is changed by errors that may pass. */
  #refused(membership: Membership, error: MillraceError): void {
    if (membership !== this.#membership || this.#stop.signal.aborted) return;
    if (FENCED.has(error.code)) this.#lose(error);
    else if (error.code === 'FENCED_INSTANCE') this.#fail(error);
  }

  async #beat(membership: Membership, maxWaitMs: number): Promise<void> {
    const said = membership.say(performance.now());
    const waitMs = membership.isJoined ? Math.min(maxWaitMs, this.#heartbeatMs) : 0;
    const request = this.#heartbeat(membership, waitMs);
    const answer = await this.#context.link.heartbeat(request, waitMs + this.#answerMs);
    if (membership !== this.#membership || this.#stop.signal.aborted) return;
    const nowMs = performance.now();
    const change = membership.answered(said, answer.assignment, nowMs);
    this.#check();
    if (change === undefined) return pause(RECONNECT_BACKOFF.firstMs, this.#stop.signal);
    this.#heartbeatMs = answer.heartbeatMs;
    // Stopped on nothing, but the coordinator waits for the word.
    const isNews = said.revision !== membership.revision;
    if (change.revoked.length > 0) void this.#revoke(membership, change.revoked);
    else if (isNews && membership.mustConfirm) void this.#confirm(membership);
    if (change.added.size > 0) this.#context.owner.assigned(change.added);
    if (answer.assignment !== null || maxWaitMs === 0) return;
    // The coordinator could not let it wait: not at once again.
    const dueMs = said.sentMs + Math.max(answer.heartbeatMs, RECONNECT_BACKOFF.firstMs) - nowMs;
    if (dueMs > 0) await pause(dueMs, this.#stop.signal);
  }

  #heartbeat(membership: Membership, maxWaitMs: number): GroupHeartbeatRequest {
    if (!membership.isJoined) return { ...this.#reference, join: this.#context.join };
    const { memberEpoch, revision } = membership;
    const owned = membership.owned();
    return { ...this.#reference, memberEpoch, revision, owned, maxWaitMs };
  }

  async #revoke(membership: Membership, refs: readonly PartitionRef[]): Promise<void> {
    await this.#context.owner.revoke(refs);
    if (membership !== this.#membership) return;
    membership.stopped(refs);
    await this.#confirm(membership);
  }

  /** Beside the heartbeat that waits: others wait for this one. */
  async #confirm(membership: Membership): Promise<void> {
    for (let failures = 0; ; ) {
      if (membership !== this.#membership || this.#stop.signal.aborted) return;
      if (!membership.mustConfirm) return;
      try {
        await this.#beat(membership, 0);
        return;
      } catch (thrown) {
        // What is final the heartbeat that waits hears, too.
        if (!mayPass(toMillraceError(thrown))) return;
        failures += 1;
        await pause(backoffMs(failures, Math.random(), 0, RECONNECT_BACKOFF), this.#stop.signal);
      }
    }
  }

  /** Notices the end of the session, now or when it comes. */
  #check(): void {
    clearTimeout(this.#timer);
    const leftMs = this.#membership.endMs - performance.now();
    if (leftMs === Number.POSITIVE_INFINITY || this.#stop.signal.aborted) return;
    if (leftMs > 0) {
      this.#timer = setTimeout(() => this.#check(), Math.min(leftMs, 2 ** 31 - 1));
      return;
    }
    const message = `the coordinator of ${this.#context.group} was not heard in time`;
    this.#lose(millraceError('UNKNOWN_MEMBER', message));
  }

  /** With a new id, nothing that is still on its way can be taken for its own. */
  #lose(error: MillraceError): void {
    clearTimeout(this.#timer);
    const refs = [...this.#membership.held];
    this.#membership = new Membership(randomUUID());
    this.#over.resolve();
    this.#over = Promise.withResolvers();
    if (refs.length > 0) this.#context.owner.lost(refs, error);
  }

  #fail(error: MillraceError): void {
    this.#lose(error);
    this.#stop.abort();
    this.#context.link.close();
    this.#context.owner.failed(error);
  }
}

function mayPass(error: MillraceError): boolean {
  return error.retriable || PASSING.has(error.code);
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
