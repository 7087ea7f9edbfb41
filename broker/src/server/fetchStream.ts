/**
 * Fetch: one request, then data as long as the client reads. What is sent and not yet taken is bounded by the stream's
 * own high-water mark: a client that never reads costs a message, not a log.
 */
import { millraceError, toMillraceError } from '@millrace/core/errors';
import { encodeFetchResponse, type FetchEntryMessage } from '@millrace/core/messages/fetch';
import { decodeFetchRequest } from '@millrace/core/messages/fetchRequest';
import type { FetchForward } from '../engine/fetching.ts';
import type { FetchedEntry, FetchSession } from '../engine/fetchSession.ts';
import type { ServerContext } from './context.ts';
import type { Listener } from './endpoints.ts';
import type { MessageStream } from './messageStream.ts';
import { RecordQueue } from './recordQueue.ts';
import { fetchEntryMessage } from './replies.ts';
import { type Format, naturalUpTo, toFetchPartition, toFormat, toIsolation } from './requests.ts';

const MESSAGE_BYTES_DEFAULT = 1 << 20;
const MESSAGE_BYTES_MAX = 16 << 20;
/** How long a partition may be without a leader before its reader is told. */
const PATIENCE_MS = 30_000;
/** However little room there is: many slow readers pin this much each. */
const MESSAGE_BYTES_MIN = 64 * 1024;

/** `sent`: what was handed to the stream, in order. */
export function serveFetchStream(
  stream: MessageStream,
  context: ServerContext,
  listener: Listener,
  sent: (entries: readonly FetchEntryMessage[]) => void = () => {},
): void {
  const pump = new FetchPump(stream, context, listener, sent);
  let asked = false;
  stream.onCancel(() => pump.close());
  stream.onDrain(() => pump.drained());
  stream.onMessage((body) => {
    if (asked) return;
    asked = true;
    pump.start(body).catch((error: unknown) => pump.fail(error));
  });
  stream.onEnd(() => {
    if (!asked) stream.end();
  });
}

class FetchPump {
  readonly #stream: MessageStream;
  readonly #context: ServerContext;
  readonly #listener: Listener;
  #session: FetchSession | undefined;
  readonly #sent: (entries: readonly FetchEntryMessage[]) => void;
  readonly #records: RecordQueue;
  #format: Format = 'records';
  #messageBytes = MESSAGE_BYTES_DEFAULT;
  #writable = true;
  #scheduled = false;
  #reading = false;
  #closed = false;

  constructor(
    stream: MessageStream,
    context: ServerContext,
    listener: Listener,
    sent: (entries: readonly FetchEntryMessage[]) => void,
  ) {
    this.#stream = stream;
    this.#context = context;
    this.#listener = listener;
    this.#sent = sent;
    this.#records = new RecordQueue(context.decompression, ({ topicId, partition }) =>
      this.#session?.dropPartition(topicId, partition),
    );
  }

  async start(body: Buffer): Promise<void> {
    const request = decodeFetchRequest(body);
    this.#format = toFormat(request.format);
    const asked = naturalUpTo('message_bytes_max', request.messageBytesMax, 0xffff_ffff);
    if (asked > 0) this.#messageBytes = Math.min(asked, MESSAGE_BYTES_MAX);
    const session = await this.#context.engine.fetching.open({
      partitions: request.partitions.map(toFetchPartition),
      isolation: toIsolation(request.isolation),
      stopAtEnd: request.stopAtEnd,
      memory: 'shared',
      rack: request.rack,
      // On the client port any broker takes any request; the data port is for those who know the leader.
      forward: this.#listener === 'client' ? this.#forward() : undefined,
    });
    if (this.#closed) {
      session.close();
      return;
    }
    this.#session = session;
    session.readsAhead = this.#format === 'batches';
    session.onReadable = () => this.#schedule();
    this.#schedule();
  }

  #forward(): FetchForward {
    return {
      messageBytesMax: Math.min(this.#messageBytes, MESSAGE_BYTES_DEFAULT),
      patienceMs: PATIENCE_MS,
    };
  }

  drained(): void {
    this.#writable = true;
    this.#context.engine.fetching.memory.flows(this);
    this.#releaseTaken();
    this.#schedule();
  }

  giveUp(): void {
    this.fail(millraceError('BUFFER_FULL', 'this client reads too slowly while others wait'));
  }

  fail(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#stream.fail(this.#context.hinted(toMillraceError(error), this.#listener));
  }

  close(): void {
    this.#closed = true;
    this.#session?.close();
    this.#records.close();
    this.#context.engine.fetching.memory.flows(this);
  }

  /** At the end of the tick, so that what many partitions gained in it leaves together. */
  #schedule(): void {
    if (this.#scheduled || this.#reading || this.#closed) return;
    this.#scheduled = true;
    this.#context.clock.atTurnEnd(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    const session = this.#session;
    if (session === undefined || this.#closed || this.#reading || !this.#writable) return;
    const bytesMax = Math.min(
      this.#messageBytes,
      Math.max(MESSAGE_BYTES_MIN, this.#stream.roomBytes),
    );
    if (!this.#records.isEmpty) this.#decode(bytesMax);
    else if (session.readable) this.#read(session, bytesMax);
    else if (session.finished) {
      this.close();
      this.#stream.end();
    }
  }

  #read(session: FetchSession, bytesMax: number): void {
    const entries = session.next(bytesMax);
    if (!(entries instanceof Promise)) {
      this.#take(entries);
      return;
    }
    this.#reading = true;
    entries.then(
      (read) => {
        this.#reading = false;
        this.#take(read);
      },
      (error: unknown) => this.fail(error),
    );
  }

  #take(entries: readonly FetchedEntry[]): void {
    if (this.#closed) return;
    if (this.#format === 'batches') {
      this.#send(entries.map((entry) => fetchEntryMessage(this.#told(entry))));
      return;
    }
    this.#records.add(entries.map((entry) => this.#told(entry)));
    this.#pump();
  }

  #told(entry: FetchedEntry): FetchedEntry {
    const { error } = entry;
    if (error?.leader === undefined) return entry;
    return { ...entry, error: this.#context.hinted(error, this.#listener) };
  }

  /** What was read is on its way: it counts no more once the stream has room again and all is decoded. */
  #releaseTaken(): void {
    if (this.#records.isEmpty) this.#session?.taken();
  }

  #decode(bytesMax: number): void {
    this.#reading = true;
    this.#records.next(bytesMax).then(
      (messages) => {
        this.#reading = false;
        this.#send(messages);
      },
      (error: unknown) => this.fail(error),
    );
  }

  #send(entries: readonly FetchEntryMessage[]): void {
    if (this.#closed) return;
    try {
      if (entries.length > 0) {
        const parts = encodeFetchResponse({ entries, throttleMs: 0 });
        this.#writable = this.#stream.send(parts);
        this.#sent(entries);
        const bytes = parts.reduce((sum, part) => sum + part.length, 0);
        this.#context.sent(this.#listener, bytes);
      }
    } catch (error) {
      this.fail(error);
      return;
    }
    if (!this.#writable) {
      this.#context.engine.fetching.memory.stalls(this);
      return;
    }
    this.#releaseTaken();
    // The next message in a tick of its own: others get their turn between two of them.
    this.#schedule();
  }
}
