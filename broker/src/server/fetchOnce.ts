/** FetchOnce of millrace.v1.Consumer: what Fetch does, once. */
import { millraceError } from '@millrace/core/errors';
import type { FetchEntryMessage } from '@millrace/core/messages/fetch';
import type { RecordMessage } from '@millrace/core/messages/record';
import type { FetchEntry } from '@millrace/proto/generated/millrace/v1/FetchEntry';
import type { FetchOnceRequest__Output } from '@millrace/proto/generated/millrace/v1/FetchOnceRequest';
import type { FetchOnceResponse } from '@millrace/proto/generated/millrace/v1/FetchOnceResponse';
import type { Record } from '@millrace/proto/generated/millrace/v1/Record';
import type { FetchedEntry, FetchSession } from '../engine/fetchSession.ts';
import type { ServerContext } from './context.ts';
import { errorMessage } from './errorMessage.ts';
import { RecordQueue } from './recordQueue.ts';
import { fetchEntryMessage } from './replies.ts';
import { type Format, naturalUpTo, toFetchPartition, toFormat, toIsolation } from './requests.ts';

const BYTES_DEFAULT = 1 << 20;
const BYTES_MAX = 16 << 20;
const WAIT_MS_MAX = 60_000;
/** How long it looks for leaders beyond the time for data. */
const PATIENCE_MS = 1000;
/** As read, as a field, as a message, as a frame: grpc-js copies at every step. */
const REPLY_COPIES = 4;

export function fetchOnce(context: ServerContext) {
  return context.unary<FetchOnceRequest__Output, FetchOnceResponse>(
    'FetchOnce',
    async (request, call) => {
      const format = toFormat(request.format);
      const asked = naturalUpTo('bytes_max', request.bytesMax, 0xffff_ffff);
      const bytesMax = asked === 0 ? BYTES_DEFAULT : Math.min(asked, BYTES_MAX);
      const waitMs = naturalUpTo('max_wait_ms', request.maxWaitMs, WAIT_MS_MAX);
      const session = await context.engine.fetching.open({
        partitions: request.partitions.map(toFetchPartition),
        isolation: toIsolation(request.isolation),
        stopAtEnd: false,
        memory: 'granted',
        rack: request.rack,
        forward: {
          messageBytesMax: Math.min(bytesMax, BYTES_DEFAULT),
          patienceMs: waitMs + PATIENCE_MS,
        },
      });
      const entries: FetchedEntry[] = [];
      const read = (): Promise<FetchOnceResponse | undefined> =>
        context.engine.fetching.memory.during(bytesMax * REPLY_COPIES, async () => {
          entries.push(...(await session.next(bytesMax)));
          if (!entries.some(hasNews)) return undefined;
          entries.push(...session.unanswered());
          return replyOf(context, await decoded(context, entries, format, bytesMax));
        });
      try {
        const reply = await read();
        if (reply !== undefined) return reply;
        const woken = waitMs > 0 && (await becomesReadable(context, session, waitMs, call));
        const late = woken ? await read() : undefined;
        if (late !== undefined) return late;
        entries.push(...session.unanswered());
        return replyOf(
          context,
          entries.map((entry) => fetchEntryMessage(entry)),
        );
      } finally {
        session.close();
      }
    },
  );
}

function hasNews({ batches, end, error }: FetchedEntry): boolean {
  return batches.length > 0 || end || error !== undefined;
}

/** False after `waitMs`. Throws CANCELLED once the client gave up. */
async function becomesReadable(
  context: ServerContext,
  session: FetchSession,
  waitMs: number,
  call: { on(event: 'cancelled', callback: () => void): unknown },
): Promise<boolean> {
  const woken = await new Promise<'readable' | 'timeout' | 'cancelled'>((resolve) => {
    const timer = context.clock.setTimer(waitMs, () => resolve('timeout'));
    const end = (how: 'readable' | 'cancelled'): void => {
      timer.cancel();
      resolve(how);
    };
    session.onReadable = () => end('readable');
    call.on('cancelled', () => end('cancelled'));
    if (session.readable) end('readable');
  });
  if (woken === 'cancelled') throw millraceError('CANCELLED', 'the client gave up');
  return woken === 'readable';
}

/** One entry a partition: its position, then what was there. */
function joinedByPartition(entries: readonly FetchedEntry[]): FetchedEntry[] {
  const byPartition = new Map<string, FetchedEntry>();
  for (const entry of entries) {
    const key = `${entry.topicId}/${entry.partition}`;
    const before = byPartition.get(key);
    byPartition.set(key, before === undefined ? entry : joined(before, entry));
  }
  return [...byPartition.values()];
}

function joined(before: FetchedEntry, after: FetchedEntry): FetchedEntry {
  const batches = [...before.batches, ...after.batches];
  return { ...after, fromOffset: before.fromOffset, batches };
}

/** As many records as `bytesMax` allows; `next_offset` of each entry says how far they go. */
async function decoded(
  context: ServerContext,
  read: readonly FetchedEntry[],
  format: Format,
  bytesMax: number,
): Promise<FetchEntryMessage[]> {
  const entries = joinedByPartition(read);
  if (format === 'batches') return entries.map((entry) => fetchEntryMessage(entry));
  const queue = new RecordQueue(context.decompression, () => {});
  queue.add(entries);
  try {
    const messages = await queue.next(bytesMax);
    return [...messages, ...queue.rest().filter((left) => !messages.some(isOfPartition(left)))];
  } finally {
    queue.close();
  }
}

function isOfPartition(left: FetchEntryMessage): (other: FetchEntryMessage) => boolean {
  return ({ topicId, partition }) => topicId === left.topicId && partition === left.partition;
}

function replyOf(
  context: ServerContext,
  messages: readonly FetchEntryMessage[],
): FetchOnceResponse {
  return { entries: messages.map((entry) => entryMessage(context, entry)), throttleMs: 0 };
}

function entryMessage(context: ServerContext, entry: FetchEntryMessage): FetchEntry {
  const { error, batches, records, ...rest } = entry;
  return {
    ...rest,
    records: records.map(recordMessage),
    batches: Buffer.concat(batches),
    ...(error === undefined ? {} : { error: errorMessage(context.hinted(error, 'client')) }),
  };
}

function recordMessage({ key, value, headers, timestampMs, offset }: RecordMessage): Record {
  return {
    offset,
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { value }),
    ...(timestampMs === undefined ? {} : { timestampMs }),
    headers: headers.map((header) => ({
      key: header.key,
      ...(header.value === undefined ? {} : { value: header.value }),
    })),
  };
}
