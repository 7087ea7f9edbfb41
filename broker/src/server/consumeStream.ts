/**
 * Consume: this broker is the member, on behalf of a client that only reads, commits and says what it has stopped on. It
 * keeps the session as long as the stream lasts, by the rules of GroupAssignment: when the coordinator does not answer
 * within the session, the stream ends.
 */
import { checkedPartitionRef, type PartitionRef } from '@millrace/core/assignors/partitionRef';
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { ConsumeRequest__Output } from '@millrace/proto/generated/millrace/v1/ConsumeRequest';
import type { ConsumeResponse } from '@millrace/proto/generated/millrace/v1/ConsumeResponse';
import type { ConsumeStart__Output } from '@millrace/proto/generated/millrace/v1/ConsumeStart';
import type { FetchRequest } from '@millrace/proto/generated/millrace/v1/FetchRequest';
import type { GroupAssignment } from '@millrace/proto/generated/millrace/v1/GroupAssignment';
import type { GroupHeartbeatResponse } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatResponse';
import type { TimerHandle } from '../io/clock.ts';
import type { ServerContext } from './context.ts';
import { control, type ControlFrames, controlSequence } from './consumeControls.ts';
import { ConsumeFeeds, type FeedStart } from './consumeFeeds.ts';
import { errorMessage } from './errorMessage.ts';
import { byTopic } from './groupMessages.ts';
import type { MemberAskers } from './groupService.ts';
import type { MessageStream } from './messageStream.ts';

const REQUEST_BYTES_MAX = 1 << 20;
/** A heartbeat waits so long for news, and comes again at once. */
const WAIT_MS = 15_000;
const RETRY_MS = 50;
const DEADLINE_MS = 25_000;
/** How long the first assignment may take: coordinators are elected meanwhile. */
const JOIN_MS_MAX = 30_000;
const COMMITS_MAX = 64;

export interface ConsumeCodec {
  decode(bytes: Buffer): ConsumeRequest__Output;
  encode(response: ConsumeResponse): Buffer;
  encodeFetch(request: FetchRequest): Buffer;
}

export interface ConsumeParts {
  readonly context: ServerContext;
  readonly askers: MemberAskers;
  readonly codec: ConsumeCodec;
}

export function serveConsume(stream: MessageStream, parts: ConsumeParts): void {
  const consume = new ConsumeStream(stream, parts);
  stream.onCancel(() => consume.close());
  stream.onDrain(() => consume.drained());
  stream.onMessage((body) => consume.asked(body));
  stream.onEnd(() => consume.ended());
}

class ConsumeStream {
  readonly #stream: MessageStream;
  readonly #parts: ConsumeParts;
  readonly #leaver = { leave: (): void => this.#fail(stopping()) };
  readonly #feeds: ConsumeFeeds;
  #start: ConsumeStart__Output | undefined;
  #assignment: GroupAssignment | undefined;
  /** Of the assignment that the client has confirmed, or that asks for nothing. */
  #confirmed = -1;
  #sessionTimer: TimerHandle | undefined;
  #commits = 0;
  #isClosed = false;

  constructor(stream: MessageStream, parts: ConsumeParts) {
    this.#stream = stream;
    this.#parts = parts;
    const { context, codec } = parts;
    this.#feeds = new ConsumeFeeds({
      context,
      stream,
      encodeFetch: (request) => codec.encodeFetch(request),
      failed: (error) => this.#fail(error),
    });
    context.leavers.add(this.#leaver);
  }

  asked(body: Buffer): void {
    if (this.#isClosed) return;
    try {
      if (body.length > REQUEST_BYTES_MAX) throw new RangeError(`${body.length} bytes`);
      this.#take(this.#parts.codec.decode(body));
    } catch (error) {
      const message = `the request does not decode: ${String(error)}`;
      this.#fail(toMillraceError(millraceError('INVALID_REQUEST', message, { cause: error })));
    }
  }

  drained(): void {
    this.#feeds.drained();
    if (this.#commits < COMMITS_MAX) this.#stream.resume();
  }

  /** The client has stopped on everything. */
  ended(): void {
    if (this.#isClosed) return;
    const start = this.#start;
    this.close();
    this.#stream.end();
    if (start === undefined) return;
    const request = { ...this.#heartbeatOf(start), leave: true };
    // If it is not heard, its session expires.
    this.#parts.askers.heartbeat(request, DEADLINE_MS).catch(() => {});
  }

  close(): void {
    this.#isClosed = true;
    this.#sessionTimer?.cancel();
    this.#parts.context.leavers.delete(this.#leaver);
    this.#feeds.cancel();
  }

  #take(request: ConsumeRequest__Output): void {
    const { start, commit, revoked } = request;
    if (start != null) {
      if (this.#start !== undefined) throw new TypeError('it has started already');
      this.#start = start;
      this.#feeds.format = start.format;
      this.#expectAnswer(JOIN_MS_MAX);
      this.#live(start).catch((error: unknown) => this.#fail(toMillraceError(error)));
      return;
    }
    if (this.#start === undefined) throw new TypeError('start comes first');
    if (commit != null) this.#commit(this.#start, commit);
    else if (revoked != null) this.#revoked(this.#start, revoked.revision);
    else this.#control(request);
  }

  #control(request: ControlFrames): void {
    const sequence = controlSequence(request);
    if (sequence === undefined) return;
    try {
      control(this.#feeds, request);
      this.#stream.send([this.#parts.codec.encode({ controlled: { sequence } })]);
    } catch (thrown) {
      const error = errorMessage(toMillraceError(thrown));
      this.#stream.send([this.#parts.codec.encode({ controlled: { sequence, error } })]);
    }
  }

  /** Joins, then keeps the session for as long as the stream lasts. */
  async #live(start: ConsumeStart__Output): Promise<void> {
    while (!this.#isClosed) await this.#beat(start, WAIT_MS);
  }

  async #beat(start: ConsumeStart__Output, maxWaitMs: number): Promise<void> {
    const { context, askers } = this.#parts;
    const sentMs = context.clock.monotonicMs();
    let response: GroupHeartbeatResponse;
    try {
      response = await askers.heartbeat({ ...this.#heartbeatOf(start), maxWaitMs }, DEADLINE_MS);
    } catch (thrown) {
      const error = toMillraceError(thrown);
      if (!error.retriable) throw error;
      await new Promise<void>((resolve) => context.clock.setTimer(RETRY_MS, resolve));
      return;
    }
    if (this.#isClosed) return;
    if (response.assignment != null) this.#assigned(response.assignment);
    const sessionMs = this.#assignment?.sessionTimeoutMs ?? 0;
    const leftMs = sentMs + sessionMs - context.clock.monotonicMs();
    if (leftMs <= 0) throw lost();
    this.#expectAnswer(leftMs);
  }

  /** Past it others may have what this member had. */
  #expectAnswer(withinMs: number): void {
    this.#sessionTimer?.cancel();
    this.#sessionTimer = this.#parts.context.clock.setTimer(withinMs, () => this.#fail(lost()));
  }

  #heartbeatOf(start: ConsumeStart__Output) {
    const { group, memberId, instanceId, join } = start;
    const assignment = this.#assignment;
    const member = { group, memberId, instanceId, leave: false, maxWaitMs: 0 };
    if (assignment === undefined) {
      return { ...member, join: join ?? NO_JOIN, memberEpoch: 0, revision: 0, owned: null };
    }
    const { memberEpoch = 0, assigned = [], revoking = [] } = assignment;
    const revision = Number(assignment.revision ?? 0);
    const mine = byTopic(assigned.map(refOf));
    const held = this.#confirmed === revision ? mine : [...mine, ...revoking];
    const partitions = held.map(({ topicId = '', partitions: numbers = [] }) => ({
      topicId,
      partitions: numbers,
    }));
    return { ...member, join: null, memberEpoch, revision, owned: { partitions } };
  }

  #assigned(assignment: GroupAssignment): void {
    const revision = Number(assignment.revision ?? 0);
    if (revision <= Number(this.#assignment?.revision ?? -1)) return;
    this.#assignment = assignment;
    if ((assignment.revoking ?? []).length === 0) this.#confirmed = revision;
    this.#stream.send([this.#parts.codec.encode({ assignment })]);
    const nowMs = this.#parts.context.clock.wallMs();
    const assigned = assignment.assigned ?? [];
    this.#feeds.assign(new Map(assigned.map((one) => [refOf(one), startOf(one, nowMs)])));
  }

  #revoked(start: ConsumeStart__Output, revision: number): void {
    if (revision !== Number(this.#assignment?.revision ?? -1)) return;
    this.#confirmed = revision;
    // Beside the heartbeat that waits: others wait for this one.
    this.#beat(start, 0).catch((error: unknown) => this.#fail(toMillraceError(error)));
  }

  #commit(
    start: ConsumeStart__Output,
    commit: NonNullable<ConsumeRequest__Output['commit']>,
  ): void {
    const { askers, context } = this.#parts;
    const { group, memberId, instanceId } = start;
    const { sequence, offsets, rewind } = commit;
    const memberEpoch = this.#assignment?.memberEpoch ?? 0;
    const request = { group, memberId, instanceId, memberEpoch, offsets, rewind };
    this.#commits += 1;
    if (this.#commits >= COMMITS_MAX) this.#stream.pause();
    askers.commit(request, DEADLINE_MS).then(
      (result) => this.#committed({ sequence, result }),
      (error: unknown) => {
        const told = context.hinted(toMillraceError(error), 'client');
        this.#committed({ sequence, error: errorMessage(told) });
      },
    );
  }

  #committed(committed: NonNullable<ConsumeResponse['committed']>): void {
    this.#commits -= 1;
    if (this.#isClosed) return;
    this.#stream.send([this.#parts.codec.encode({ committed })]);
    if (this.#commits < COMMITS_MAX) this.#stream.resume();
  }

  #fail(error: MillraceError): void {
    if (this.#isClosed) return;
    this.close();
    this.#stream.fail(this.#parts.context.hinted(error, 'client'));
  }
}

const NO_JOIN = {
  topics: [],
  pattern: '',
  assignor: '',
  sessionTimeoutMs: 0,
  rebalanceTimeoutMs: 0,
  clientId: '',
};

type Assigned = NonNullable<GroupAssignment['assigned']>[number];

function refOf({ topicId = '', partition = 0 }: Assigned): PartitionRef {
  return checkedPartitionRef(topicId, partition);
}

function startOf({ committed, start }: Assigned, nowMs: number): FeedStart {
  if (committed != null) return { offset: Number(committed.offset ?? 0) };
  if (start?.latest === true) return { position: 'POSITION_LATEST' };
  if (start?.timestampMs !== undefined) return { timestampMs: start.timestampMs };
  if (start?.durationMs !== undefined) {
    return { timestampMs: Math.max(0, nowMs - Number(start.durationMs)) };
  }
  return { position: 'POSITION_EARLIEST' };
}

function lost(): MillraceError {
  const message =
    'the coordinator was not heard within the session: others may have the partitions';
  return millraceError('UNKNOWN_MEMBER', message, { outcome: 'unknown' });
}

function stopping(): MillraceError {
  return millraceError('SHUTTING_DOWN', 'the broker is stopping');
}
