/**
 * ProduceStream: requests in, acknowledgements out, those of one tick in one message. Reads no further than the byte
 * budgets allow, so that a producer that is faster than the disk waits at its own end.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import {
  decodeProduceStreamRequest,
  encodeProduceStreamResponse,
  type ProduceResultMessage,
  type ProduceStreamRequestMessage,
  type ProduceStreamResultMessage,
} from '@millrace/core/messages/produceStream';
import type { ProduceLanes } from '../forwarding/produceLanes.ts';
import type { AppendRequest, AppendResult } from '../engine/producing.ts';
import type { BudgetedStream, ConnectionBudget } from './connectionBudgets.ts';
import type { ServerContext } from './context.ts';
import type { Listener } from './endpoints.ts';
import type { MessageStream } from './messageStream.ts';
import { produceResultMessage } from './replies.ts';
import { natural, toAcks, toAppendEntry } from './requests.ts';

/** A message costs more than its bytes: objects, closures, results, about 2 KiB of heap until it is answered. */
const REQUEST_OVERHEAD_BYTES = 2048;

export function serveProduceStream(
  stream: MessageStream,
  context: ServerContext,
  listener: Listener,
): void {
  const session = new ProduceSession(stream, context, listener);
  // Cancellation first: a grpc-js call may be over by the time that it is handed out.
  stream.onCancel(() => session.cancelled());
  stream.onDrain(() => session.drained());
  stream.onMessage((body) => session.receive(body));
  stream.onEnd(() => session.clientEnded());
}

class ProduceSession implements BudgetedStream {
  readonly #stream: MessageStream;
  readonly #context: ServerContext;
  readonly #listener: Listener;
  readonly #budget: ConnectionBudget;
  /** On the client port any broker takes any request; the data port is for those who know the leader. */
  readonly #lanes: ProduceLanes | undefined;
  #results: ProduceStreamResultMessage[] = [];
  #outstanding = 0;
  /** Why nothing is received at the moment. */
  readonly #holds = new Set<'budget' | 'unread'>();
  /** `leaving`: nothing more is received, and the stream fails once all is answered. */
  #state: 'open' | 'half-closed' | 'leaving' | 'closed' = 'open';

  constructor(stream: MessageStream, context: ServerContext, listener: Listener) {
    this.#stream = stream;
    this.#context = context;
    this.#listener = listener;
    this.#budget = context.produceBudgets.join(`${listener} ${stream.connection}`, this);
    this.#lanes = listener === 'client' ? context.newProduceLanes() : undefined;
    context.leavers.add(this);
    if (this.#budget.exhausted) this.hold();
  }

  receive(body: Buffer): void {
    if (this.#state !== 'open') return;
    let message: ProduceStreamRequestMessage;
    let correlation: number;
    try {
      message = decodeProduceStreamRequest(body);
      correlation = natural('correlation', message.correlation);
    } catch (error) {
      // Not even a correlation to answer to: the stream is not speaking the protocol.
      this.#close();
      this.#stream.fail(toMillraceError(error));
      return;
    }
    const bytes = body.length + REQUEST_OVERHEAD_BYTES;
    this.#outstanding++;
    this.#budget.take(bytes);
    this.#context.received(this.#listener, body.length);
    try {
      const listener = {
        result: (result: AppendResult) => this.#result(correlation, this.#told(result)),
        released: () => this.#released(bytes),
      };
      this.#context.engine.producing.append(this.#requestOf(message), listener, this.#lanes);
    } catch (error) {
      this.#refuse(correlation, message, toMillraceError(error));
      this.#released(bytes);
    }
  }

  hold(): void {
    this.#hold('budget');
  }

  clientEnded(): void {
    if (this.#state !== 'open') return;
    this.#state = 'half-closed';
    this.#endIfDone();
  }

  drained(): void {
    this.#letGo('unread');
  }

  cancelled(): void {
    this.#close();
    this.#results = [];
  }

  leave(): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#state = 'leaving';
    this.#endIfDone();
  }

  /** Throws INVALID_REQUEST for a field out of its range. */
  #requestOf(message: ProduceStreamRequestMessage): AppendRequest {
    const nowMs = this.#context.clock.wallMs();
    if (message.entries.length === 0) {
      throw millraceError('INVALID_REQUEST', 'the request has no entries');
    }
    const entries = message.entries.map((entry) => toAppendEntry(entry, nowMs));
    return { acks: toAcks(message.acks), deadlineMs: message.deadlineMs, entries };
  }

  /** One field is wrong: nothing of the request was applied, and each of its entries says so. */
  #refuse(correlation: number, message: ProduceStreamRequestMessage, error: MillraceError): void {
    const count = Math.max(1, message.entries.length);
    for (let entry = 0; entry < count; entry++) {
      const { topicId = '', partition = -1, records = [] } = message.entries[entry] ?? {};
      this.#result(correlation, {
        entry,
        topicId,
        partition,
        baseOffset: -1,
        leaderEpoch: -1,
        recordCount: records.length,
        recordIndexes: [],
        error,
      });
    }
  }

  #told(result: AppendResult): ProduceResultMessage {
    const { error } = result;
    if (error?.leader === undefined) return produceResultMessage(result);
    return produceResultMessage({ ...result, error: this.#context.hinted(error, this.#listener) });
  }

  #result(correlation: number, result: ProduceResultMessage): void {
    if (this.#state === 'closed') return;
    this.#results.push({ correlation, result });
    if (this.#results.length === 1) this.#context.clock.atTurnEnd(() => this.#flush());
  }

  #released(bytes: number): void {
    this.#outstanding--;
    this.#budget.release(bytes);
    this.#endIfDone();
  }

  #flush(): void {
    if (this.#state === 'closed' || this.#results.length === 0) return;
    const results = this.#results;
    this.#results = [];
    // A client that does not read its acknowledgements gets no further requests read.
    if (!this.#stream.send(encodeProduceStreamResponse({ results, throttleMs: 0 }))) {
      this.#hold('unread');
    }
    this.#endIfDone();
  }

  #hold(reason: 'budget' | 'unread'): void {
    if (this.#holds.has(reason)) return;
    this.#holds.add(reason);
    if (this.#holds.size === 1) this.#stream.pause();
    if (reason === 'budget') this.#budget.whenFree(() => this.#letGo('budget'));
  }

  #letGo(reason: 'budget' | 'unread'): void {
    if (!this.#holds.delete(reason) || this.#holds.size > 0) return;
    if (this.#state === 'open') this.#stream.resume();
  }

  #endIfDone(): void {
    if (this.#state === 'open' || this.#state === 'closed') return;
    if (this.#outstanding > 0 || this.#results.length > 0) return;
    const isLeaving = this.#state === 'leaving';
    this.#close();
    if (isLeaving) this.#stream.fail(millraceError('SHUTTING_DOWN', 'the broker is stopping'));
    else this.#stream.end();
  }

  #close(): void {
    this.#state = 'closed';
    this.#context.leavers.delete(this);
    this.#budget.leave(this);
    this.#lanes?.close();
  }
}
