/**
 * Append as clients ask for it: entry by entry, partition by partition, with a deadline, counted bytes and one result
 * per partition touched. No gRPC here: the server's shells and a later listener of another protocol share it.
 */
import type { ProducerStamp } from '@millrace/core/batchWriter';
import type { RecordInput } from '@millrace/core/record';
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { Leaders } from '../forwarding/leaders.ts';
import type { ProduceLanes } from '../forwarding/produceLanes.ts';
import type { Clock } from '../io/clock.ts';
import type { Random } from '../io/random.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import type { Acks, Partition } from '../replication/partition.ts';
import { type Deadline, Deadlines } from './deadlines.ts';
import { batchesOf, sequencedBatchOf, sharesOf } from './structuredRecords.ts';
import type { Topic, TopicReference, Topics } from './topics.ts';

const DEADLINE_MS_DEFAULT = 30_000;
const DEADLINE_MS_MAX = 600_000;

export interface AppendEntry extends TopicReference {
  readonly partition?: number | undefined;
  readonly records: readonly RecordInput[];
  /** Whose records they are, and where among them; undefined: at least once. */
  readonly producer?: ProducerStamp | undefined;
  /** Empty: none. The buffer is the engine's from here on. */
  readonly batches: Buffer;
}

export interface AppendRequest {
  readonly acks: Acks;
  /** 0: the default, 30 s. */
  readonly deadlineMs: number;
  readonly entries: readonly AppendEntry[];
}

/** What became of the records of one entry that went to one partition. */
export interface AppendResult {
  readonly entry: number;
  readonly topicId: string;
  readonly partition: number;
  /** -1 with acks none and on errors. */
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  readonly recordCount: number;
  /** Empty if the entry went to one partition as a whole. */
  readonly recordIndexes: readonly number[];
  readonly error: MillraceError | undefined;
}

export interface AppendListener {
  /** Once per partition touched, in no particular order; `last` with the last one. */
  result(result: AppendResult, progress: 'more' | 'last'): void;
  /** The request's bytes are written or refused: once, never before the last `result`. */
  released(): void;
}

interface Share {
  readonly entry: number;
  readonly topic: Topic;
  readonly partition: number;
  readonly batches: Buffer;
  readonly recordCount: number;
  readonly recordIndexes: readonly number[];
}

export class Producing {
  readonly #topics: Topics;
  readonly #leaders: Leaders;
  readonly #directory: LogDirectory;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #deadlines: Deadlines;

  constructor(
    topics: Topics,
    leaders: Leaders,
    directory: LogDirectory,
    clock: Clock,
    random: Random,
  ) {
    this.#topics = topics;
    this.#leaders = leaders;
    this.#directory = directory;
    this.#clock = clock;
    this.#random = random;
    this.#deadlines = new Deadlines(clock);
  }

  /**
   * Appends within this call, so that requests keep their order per partition; never throws. What is led elsewhere goes
   * through `lanes`, those of the client's stream; without them it is refused.
   */
  append(request: AppendRequest, listener: AppendListener, lanes?: ProduceLanes): void {
    const call = new AppendCall(request.acks, listener);
    for (const [index, entry] of request.entries.entries()) {
      try {
        for (const share of this.#sharesOf(index, entry)) {
          this.#appendShare(call, request, share, lanes);
        }
      } catch (error) {
        call.refuse(index, entry, toMillraceError(error));
      }
    }
    call.allStarted(() => {
      const delayMs = request.deadlineMs === 0 ? DEADLINE_MS_DEFAULT : request.deadlineMs;
      return this.#deadlines.add(Math.min(delayMs, DEADLINE_MS_MAX), () => call.expire());
    });
  }

  #sharesOf(index: number, entry: AppendEntry): Share[] {
    const topic = this.#topics.resolve(entry);
    if (topic.internal) {
      throw millraceError('UNAUTHORIZED', `${topic.name} is internal: the cluster alone writes it`);
    }
    if (entry.batches.length > 0) {
      if (entry.records.length > 0) {
        throw millraceError('INVALID_REQUEST', 'an entry holds either records or batches');
      }
      if (entry.partition === undefined) {
        throw millraceError('INVALID_REQUEST', 'batches name their partition');
      }
      if (entry.producer !== undefined) {
        throw millraceError('INVALID_REQUEST', 'batches carry producer id and sequence themselves');
      }
      return [
        {
          entry: index,
          topic,
          partition: entry.partition,
          batches: entry.batches,
          recordCount: 0,
          recordIndexes: [],
        },
      ];
    }
    if (entry.records.length === 0) {
      throw millraceError('INVALID_REQUEST', 'an entry holds records or batches');
    }
    const { producer } = entry;
    if (producer !== undefined && entry.partition === undefined) {
      throw millraceError('INVALID_REQUEST', 'records with a sequence name their partition');
    }
    const count = topic.partitions.length;
    const shares = sharesOf(entry.records, entry.partition, count, () => this.#random.int(count));
    const { batchBytesMax } = topic.config;
    return shares.map((share) => ({
      entry: index,
      topic,
      partition: share.partition,
      batches:
        producer === undefined
          ? batchesOf(share.records, batchBytesMax)
          : sequencedBatchOf(share.records, producer, batchBytesMax),
      recordCount: share.records.length,
      recordIndexes: shares.length === 1 ? [] : share.indexes,
    }));
  }

  #appendShare(
    call: AppendCall,
    request: AppendRequest,
    share: Share,
    lanes: ProduceLanes | undefined,
  ): void {
    const pending = call.start(share);
    if (lanes !== undefined && isElsewhere(share, lanes)) {
      lanes.append(share.topic, share.partition, { ...request, batches: share.batches }, pending);
      return;
    }
    try {
      const refusal = this.#directory.acceptsAppends();
      if (refusal !== undefined) throw refusal;
      const partition: Partition = this.#topics.partition(share.topic, share.partition);
      const { batchBytesMax, timestampAheadMsMax, cleanupPolicy } = share.topic.config;
      const keys = cleanupPolicy.includes('compact') ? 'required' : 'optional';
      const rules = {
        batchBytesMax,
        timestampAheadMsMax,
        nowMs: this.#clock.wallMs(),
        keys,
      } as const;
      pending.appended(partition.append(share.batches, request.acks, rules, pending));
    } catch (thrown) {
      const error = toMillraceError(thrown);
      const { topic, partition } = share;
      const isMoved = error.code === 'NOT_LEADER';
      pending.refused(isMoved ? this.#leaders.hinted(error, topic, partition) : error);
    }
  }
}

/** Led elsewhere, or not to overtake what was sent there. */
function isElsewhere({ topic, partition }: Share, lanes: ProduceLanes): boolean {
  if (topic.statuses[partition] === undefined) return false;
  return topic.partitions[partition]?.role !== 'leader' || lanes.holds(topic, partition);
}

/** One request on its way: counts what is outstanding and reports each share once. */
class AppendCall {
  readonly #acks: Acks;
  readonly #listener: AppendListener;
  readonly #pending = new Set<PendingShare>();
  #unreported = 0;
  #unreleased = 0;
  #started = false;
  #held: AppendResult[] = [];
  #deadline: Deadline | undefined;

  constructor(acks: Acks, listener: AppendListener) {
    this.#acks = acks;
    this.#listener = listener;
  }

  start(share: Share): PendingShare {
    this.#unreported++;
    this.#unreleased++;
    const pending = new PendingShare(this, share, this.#acks);
    this.#pending.add(pending);
    return pending;
  }

  refuse(entry: number, reference: AppendEntry, error: MillraceError): void {
    this.#unreported++;
    this.report({
      entry,
      topicId: reference.topicId ?? '',
      partition: reference.partition ?? -1,
      baseOffset: -1,
      leaderEpoch: -1,
      recordCount: reference.records.length,
      recordIndexes: [],
      error,
    });
  }

  report(result: AppendResult): void {
    // Until all shares have started, nobody knows which result is the last.
    if (!this.#started) {
      this.#held.push(result);
      return;
    }
    this.#unreported--;
    this.#listener.result(result, this.#unreported === 0 ? 'last' : 'more');
    if (this.#unreported === 0) this.#deadline?.cancel();
    this.#releaseWhenDone();
  }

  settled(pending: PendingShare): void {
    this.#pending.delete(pending);
    this.#unreleased--;
    this.#releaseWhenDone();
  }

  allStarted(arm: () => Deadline): void {
    this.#started = true;
    const held = this.#held;
    this.#held = [];
    if (held.length < this.#unreported) this.#deadline = arm();
    for (const result of held) this.report(result);
  }

  expire(): void {
    for (const pending of this.#pending) pending.expired();
  }

  #releaseWhenDone(): void {
    if (this.#started && this.#unreported === 0 && this.#unreleased === 0) {
      this.#unreleased = -1;
      this.#listener.released();
    }
  }
}

class PendingShare {
  readonly #call: AppendCall;
  readonly #share: Share;
  readonly #acks: Acks;
  #reported = false;
  #settled = false;

  constructor(call: AppendCall, share: Share, acks: Acks) {
    this.#call = call;
    this.#share = share;
    this.#acks = acks;
  }

  appended(appended: { baseOffset: number; endOffset: number; leaderEpoch: number }): void {
    if (this.#acks === 'none') this.#report(-1, appended, undefined);
  }

  acknowledged(appended: { baseOffset: number; endOffset: number; leaderEpoch: number }): void {
    this.#report(appended.baseOffset, appended, undefined);
    this.#settle();
  }

  failed(error: MillraceError): void {
    this.refused(error);
  }

  refused(error: MillraceError): void {
    this.#report(-1, undefined, error);
    this.#settle();
  }

  /** The bytes stay in flight: they are released when the log is done with them. */
  expired(): void {
    const message = 'not acknowledged in time; the records are in the log and may yet be committed';
    this.#report(
      -1,
      undefined,
      millraceError('DEADLINE_EXCEEDED', message, { outcome: 'unknown' }),
    );
  }

  #report(
    baseOffset: number,
    appended: { baseOffset: number; endOffset: number; leaderEpoch: number } | undefined,
    error: MillraceError | undefined,
  ): void {
    if (this.#reported) return;
    this.#reported = true;
    const { entry, topic, partition, recordCount, recordIndexes } = this.#share;
    this.#call.report({
      entry,
      topicId: topic.topicId,
      partition,
      baseOffset,
      leaderEpoch: appended?.leaderEpoch ?? -1,
      recordCount: appended === undefined ? recordCount : appended.endOffset - appended.baseOffset,
      recordIndexes,
      error,
    });
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#call.settled(this);
  }
}
