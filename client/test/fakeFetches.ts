/** The Fetch calls of a fake broker: what is in its logs, and what is appended while they last. */
import { endOffset, readBatchHeader } from '@millrace/core/batchHeader';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { encodeFetchResponse } from '@millrace/core/messages/fetch';
import {
  decodeFetchRequest,
  type FetchPartitionMessage,
} from '@millrace/core/messages/fetchRequest';
import type { WireCall } from '@millrace/wire/serverCall';
import type { FakeBroker } from './fakeBroker.ts';

interface Feed {
  readonly partition: number;
  /** Sends what is new. */
  readonly feed: () => void;
  readonly fail: (error: MillraceError) => void;
}

export class FakeFetches {
  readonly calls = new Set<WireCall>();
  callsBegun = 0;
  readonly #broker: FakeBroker;
  readonly #feeds = new Set<Feed>();

  constructor(broker: FakeBroker) {
    this.#broker = broker;
  }

  serve(call: WireCall): void {
    this.#broker.fetching.add(call.peer.port);
    this.calls.add(call);
    this.callsBegun += 1;
    call.onMessage((body) => {
      const request = decodeFetchRequest(body);
      const feeds: Feed[] = [];
      call.onCancel(() => {
        for (const feed of feeds) this.#feeds.delete(feed);
        this.calls.delete(call);
      });
      for (const wanted of request.partitions) {
        const feed = this.#begin(call, wanted, request.stopAtEnd);
        if (feed !== undefined) feeds.push(feed);
      }
      for (const { feed } of feeds) feed();
    });
  }

  feed(): void {
    for (const { feed } of this.#feeds) feed();
  }

  end(verdict: (partition: number) => MillraceError | undefined): void {
    for (const feed of this.#feeds) {
      const error = verdict(feed.partition);
      if (error === undefined) continue;
      this.#feeds.delete(feed);
      feed.fail(error);
    }
  }

  #begin(call: WireCall, wanted: FetchPartitionMessage, stopAtEnd: boolean): Feed | undefined {
    const broker = this.#broker;
    const partition = wanted.partition ?? 0;
    const verdict = this.#judge(wanted);
    const stop = stopAtEnd ? broker.ends[partition]! : Number.MAX_SAFE_INTEGER;
    let next =
      wanted.offset ??
      (wanted.position === 2 ? broker.ends[partition]! : broker.logStart[partition]!);
    const entry = (fields: { batches?: Buffer[]; error?: MillraceError; end?: boolean }): void => {
      if (call.finished) return;
      const message = {
        topicId: broker.topicId,
        partition,
        leaderEpoch: 7,
        highWatermark: broker.ends[partition]!,
        lastStable: 0,
        logStart: broker.logStart[partition]!,
        localStart: 0,
        nextOffset: next,
        end: false,
        records: [],
        batches: [],
        ...fields,
      };
      call.send(encodeFetchResponse({ entries: [message], throttleMs: 0 }));
    };
    if (verdict !== 'serve') {
      entry({ error: verdict });
      return undefined;
    }
    if (next < broker.logStart[partition]! || next > broker.ends[partition]!) {
      entry({ error: millraceError('OFFSET_OUT_OF_RANGE', `${next} is not in the log`) });
      return undefined;
    }
    let begun = false;
    const feed = (): void => {
      if (!begun) {
        begun = true;
        entry({ end: next >= stop });
      }
      for (const batch of broker.logs[partition]!) {
        const header = readBatchHeader(batch, 0);
        if (endOffset(header) <= next) continue;
        next = endOffset(header);
        entry({ batches: [batch], end: next >= stop });
      }
    };
    const fed = { partition, feed, fail: (error: MillraceError) => entry({ error }) };
    this.#feeds.add(fed);
    return fed;
  }

  #judge(wanted: FetchPartitionMessage): 'serve' | MillraceError {
    const broker = this.#broker;
    const verdict = broker.fetchVerdict(wanted, broker.fetches++);
    if (verdict !== 'serve') return verdict;
    if (wanted.topicId !== broker.topicId) return millraceError('UNKNOWN_TOPIC', 'no such topic');
    if ((wanted.partition ?? 0) < broker.partitions) return verdict;
    return millraceError('UNKNOWN_PARTITION', 'no such partition');
  }
}
