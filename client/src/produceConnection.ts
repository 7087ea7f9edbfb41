/**
 * One ProduceStream to one leader: collects what is due in its lanes, many partitions to a message, and hands each
 * batch's answer back. Order per partition is kept; a batch is in at most one request. It reconnects by itself while
 * lanes have something to send.
 */
import { type ErrorCode, type MillraceError, millraceError } from '@millrace/core/errors';
import {
  decodeProduceStreamResponse,
  encodeProduceStreamRequest,
  type ProduceStreamResultMessage,
} from '@millrace/core/messages/produceStream';
import { atTurnEnd } from '@millrace/wire/turnEnd';
import { backoffMs, RECONNECT_BACKOFF } from './backoff.ts';
import type { DataStream, StreamEnd } from './dataStream.ts';
import type { PartitionLane } from './partitionLane.ts';
import type { ProducerBatch } from './producerBatch.ts';
import type { ProducerSettings } from './producerOptions.ts';
import { RequestSpacing } from './requestSpacing.ts';

/** Numbers of the enum millrace.v1.Acks. */
const ACKS = { none: 1, leader: 2, all: 3 } as const;
/** Enough to cover the way there and back; what is more only fills the broker's memory. */
const IN_FLIGHT_BYTES_MAX = 8 * 1024 * 1024;
const DEADLINE_MS_MAX = 2 ** 31 - 1;
/** A message takes no further batch once it has this many bytes: the cost of a message is paid by then. */
const MESSAGE_BYTES = 1024 * 1024;

/** Another stream would end with them, too. */
const AGAINST_STREAM: ReadonlySet<ErrorCode> = new Set([
  'UNAUTHORIZED',
  'UNSUPPORTED_VERSION',
  'INVALID_REQUEST',
]);

export interface ProduceConnectionOwner {
  /** The next batch of the lane, sealed; undefined if nothing is due. */
  nextBatch(lane: PartitionLane): ProducerBatch | undefined;
  acknowledged(lane: PartitionLane, batch: ProducerBatch, baseOffset: number): void;
  refused(lane: PartitionLane, batch: ProducerBatch, error: MillraceError): void;
  /** Nothing is in flight in these lanes: they may go to another broker. */
  unreachable(lanes: readonly PartitionLane[], error: MillraceError): void;
}

interface Sent {
  readonly lane: PartitionLane;
  readonly batch: ProducerBatch;
}

interface Request {
  readonly correlation: number;
  /** Undefined once answered. */
  readonly entries: (Sent | undefined)[];
  unanswered: number;
}

export class ProduceConnection {
  readonly brokerId: number;
  readonly #owner: ProduceConnectionOwner;
  readonly #settings: ProducerSettings;
  readonly #openStream: () => Promise<DataStream>;
  readonly #spacing: RequestSpacing;
  readonly #due = new Set<PartitionLane>();
  #lingering: PartitionLane[] = [];
  #lingerTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  readonly #requests = new Map<number, Request>();
  #nextCorrelation = 1;
  #stream: DataStream | undefined;
  #state: 'idle' | 'opening' | 'open' | 'leaving' | 'waiting' | 'closed' = 'idle';
  #failures = 0;
  /** When something last came on the stream. */
  #heardMs = 0;
  #inFlightBytes = 0;
  #drainArmed = false;
  #blocked = false;

  /** `open` throws MillraceError with outcome `not-applied`. */
  constructor(
    brokerId: number,
    settings: ProducerSettings,
    open: () => Promise<DataStream>,
    owner: ProduceConnectionOwner,
  ) {
    this.brokerId = brokerId;
    this.#settings = settings;
    this.#spacing = new RequestSpacing(settings.inFlightMax);
    this.#openStream = open;
    this.#owner = owner;
  }

  /**
   * The lane has got the first record of a batch: it leaves after lingerMs, without one a little after the last, with all
   * that wait here.
   */
  linger(lane: PartitionLane): void {
    const waitMs = this.#settings.lingerMs || this.#spacing.gapMs(lane.window.length);
    if (waitMs === 0) {
      lane.openIsDue = true;
      this.due(lane);
      return;
    }
    this.#lingering.push(lane);
    this.#lingerTimer ??= setTimeout(() => this.#lingered(), waitMs);
  }

  /** The lane has a batch that need not wait any more. */
  due(lane: PartitionLane): void {
    this.#due.add(lane);
    this.#armDrain();
  }

  /** Whoever takes its records in the broker's place does not pass them on: the next stream goes the direct way. */
  leaveDetour(): void {
    if (this.#stream?.way === 'detour') this.#leave();
  }

  /** Nothing has come for so long. */
  hasBeenQuiet(forMs: number): boolean {
    return performance.now() - this.#heardMs >= forMs;
  }

  /** What is in flight in the lane is refused with `error`; an answer that comes later is nobody's. */
  giveUp(lane: PartitionLane, error: MillraceError): void {
    const given: Sent[] = [];
    for (const request of this.#requests.values()) {
      for (const [entry, sent] of request.entries.entries()) {
        if (sent?.lane !== lane) continue;
        this.#take(request, entry, sent);
        given.push(sent);
      }
    }
    for (const { batch } of given) this.#owner.refused(lane, batch, error);
  }

  /** Gives up the stream: what is in flight is refused with `error`, the rest stays where it is. */
  abort(error: MillraceError): void {
    this.#ended(error);
  }

  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#lingerTimer);
    clearTimeout(this.#retryTimer);
    this.#stream?.close();
    this.#stream = undefined;
    this.#due.clear();
  }

  #armDrain(): void {
    if (this.#drainArmed) return;
    this.#drainArmed = true;
    atTurnEnd(() => this.#drain());
  }

  #lingered(): void {
    this.#lingerTimer = undefined;
    const lanes = this.#lingering;
    this.#lingering = [];
    for (const lane of lanes) {
      // It may have been sent full, or may have moved to another leader meanwhile.
      if (lane.leader !== this.brokerId || lane.open === undefined) continue;
      lane.openIsDue = true;
      this.#due.add(lane);
    }
    this.#drain();
  }

  #drain(): void {
    this.#drainArmed = false;
    if (this.#due.size === 0) return;
    if (this.#state === 'idle') this.#open();
    while (this.#maySend()) {
      const entries = this.#gather();
      if (entries.length === 0) return;
      this.#send(entries);
    }
  }

  #maySend(): boolean {
    return (
      this.#state === 'open' &&
      !this.#blocked &&
      this.#inFlightBytes < IN_FLIGHT_BYTES_MAX &&
      this.#due.size > 0
    );
  }

  /** A batch of each lane in turn; a lane that has more goes to the back. */
  #gather(): Sent[] {
    const entries: Sent[] = [];
    const more: PartitionLane[] = [];
    let bytes = 0;
    for (const lane of this.#due) {
      this.#due.delete(lane);
      if (lane.leader !== this.brokerId) continue;
      // What holds it up puts it back: an answer, the retry timer, a new leader.
      if (!lane.maySend(this.#settings.inFlightMax)) continue;
      const batch = this.#owner.nextBatch(lane);
      if (batch === undefined) continue;
      entries.push({ lane, batch });
      if (lane.hasDue) more.push(lane);
      bytes += batch.sizeBytes;
      if (bytes >= MESSAGE_BYTES) break;
    }
    // Not while iterating: a set visits what is added behind, and the window counts what was sent only.
    for (const lane of more) this.#due.add(lane);
    return entries;
  }

  #send(entries: Sent[]): void {
    const correlation = this.#nextCorrelation++;
    const nowMs = performance.now();
    const oldestMs = Math.min(...entries.map(({ batch }) => batch.createdMs));
    const remainingMs = oldestMs + this.#settings.deliveryTimeoutMs - nowMs;
    this.#requests.set(correlation, { correlation, entries, unanswered: entries.length });
    for (const { lane, batch } of entries) {
      batch.attempts += 1;
      batch.sentMs = nowMs;
      this.#inFlightBytes += batch.sizeBytes;
      lane.window.sent(batch);
    }
    const parts = encodeProduceStreamRequest({
      correlation,
      acks: ACKS[this.#settings.acks],
      deadlineMs: Math.min(DEADLINE_MS_MAX, Math.max(1, Math.ceil(remainingMs))),
      entries: entries.map(({ lane, batch }) => ({
        topicId: lane.topicId,
        partition: lane.partition,
        records: [],
        batches: batch.bytes,
      })),
    });
    if (this.#stream?.send(parts) === false) this.#blocked = true;
  }

  #open(): void {
    this.#state = 'opening';
    this.#openStream().then(
      (stream) => this.#opened(stream),
      (error: MillraceError) => this.#failed(error),
    );
  }

  #opened(stream: DataStream): void {
    if (this.#state !== 'opening') return stream.close();
    this.#state = 'open';
    this.#stream = stream;
    this.#blocked = false;
    this.#heardMs = performance.now();
    stream.onMessage((body) => this.#answered(body));
    stream.onDrain(() => {
      this.#blocked = false;
      this.#drain();
    });
    stream.onLeaving(() => {
      if (this.#stream === stream) this.#leave();
    });
    stream.onEnd((end) => {
      if (this.#stream === stream) this.#ended(errorOfEnd(end));
    });
    this.#drain();
  }

  /** No more on this one: the broker answers what it has and ends it. */
  #leave(): void {
    if (this.#state !== 'open') return;
    this.#state = 'leaving';
    this.#stream?.end();
  }

  #answered(body: Buffer): void {
    this.#failures = 0;
    this.#heardMs = performance.now();
    let results: readonly ProduceStreamResultMessage[];
    try {
      results = decodeProduceStreamResponse(body).results;
    } catch (cause) {
      const message = 'the broker sent a reply that does not parse';
      this.abort(millraceError('UNAVAILABLE', message, { outcome: 'unknown', cause }));
      return;
    }
    for (const result of results) this.#settle(result);
  }

  /** An answer to what nobody asked is ignored: it belongs to a request that was given up. */
  #settle({ correlation, result }: ProduceStreamResultMessage): void {
    const { entry, baseOffset, error } = result;
    const request = this.#requests.get(correlation);
    const sent = request?.entries[entry];
    if (request === undefined || sent === undefined) return;
    this.#take(request, entry, sent);
    const { lane, batch } = sent;
    this.#spacing.answered(this.#heardMs - batch.sentMs);
    if (error === undefined) this.#owner.acknowledged(lane, batch, baseOffset);
    else this.#owner.refused(lane, batch, error);
    // Nothing is left that the open batch could keep its distance from.
    if (lane.window.length === 0 && this.#settings.lingerMs === 0) lane.openIsDue = true;
    if (lane.hasDue) this.due(lane);
    else if (this.#due.size > 0) this.#armDrain();
  }

  #take(request: Request, entry: number, sent: Sent): void {
    request.entries[entry] = undefined;
    request.unanswered -= 1;
    if (request.unanswered === 0) this.#requests.delete(request.correlation);
    this.#inFlightBytes -= sent.batch.sizeBytes;
  }

  #ended(error: MillraceError): void {
    if (this.#state !== 'open' && this.#state !== 'leaving') return;
    this.#stream?.close();
    this.#stream = undefined;
    this.#failed(error);
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    this.#inFlightBytes = 0;
    for (const request of requests) {
      for (const sent of request.entries) {
        if (sent === undefined) continue;
        this.#owner.refused(sent.lane, sent.batch, error);
        this.#due.add(sent.lane);
      }
    }
  }

  #failed(error: MillraceError): void {
    if (this.#state === 'closed') return;
    this.#state = 'waiting';
    this.#failures += 1;
    const delayMs = backoffMs(this.#failures, Math.random(), 0, RECONNECT_BACKOFF);
    this.#retryTimer = setTimeout(() => {
      this.#state = 'idle';
      this.#drain();
    }, delayMs);
    this.#owner.unreachable(
      [...this.#due].filter((lane) => lane.window.length === 0),
      error,
    );
  }
}

/** What a stream ends with is no answer to its requests: they may have been applied. */
function errorOfEnd({ error, processed }: StreamEnd): MillraceError {
  const message = error?.message ?? 'the broker ended the stream';
  const isHere = error !== undefined && (error.retriable || AGAINST_STREAM.has(error.code));
  return millraceError(isHere ? error.code : 'UNAVAILABLE', message, {
    outcome: processed === 'nothing' ? 'not-applied' : 'unknown',
    cause: error,
  });
}
