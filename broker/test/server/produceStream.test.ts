import assert from 'node:assert/strict';
import test from 'node:test';
import type { MillraceError } from '@millrace/core/errors';
import { encodeProduceStreamRequest } from '@millrace/core/messages/produceStream';
import { YoungGarbage } from '@millrace/wire/youngGarbage';
import { ByteBudget } from '../../src/engine/byteBudget.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { AppendListener } from '../../src/engine/producing.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { systemClock } from '../../src/io/systemClock.ts';
import { ServerContext } from '../../src/server/context.ts';
import type { MessageStream } from '../../src/server/messageStream.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { serveProduceStream } from '../../src/server/produceStream.ts';

const MESSAGE_BYTES = 10_000;
const CONNECTION_BYTES_MAX = 3 * MESSAGE_BYTES;

const message = Buffer.concat(
  encodeProduceStreamRequest({
    correlation: 1,
    acks: 3,
    deadlineMs: 0,
    entries: [{ topicName: 't', partition: 0, records: [], batches: Buffer.alloc(MESSAGE_BYTES) }],
  }),
);

/** A client that sends whenever it is read from. */
class EagerStream implements MessageStream {
  readonly peer = '127.0.0.1';
  readonly roomBytes = 1 << 20;
  readonly connection: string;
  received = 0;
  #paused = false;
  #onMessage: (body: Buffer) => void = () => {};
  #onCancel: () => void = () => {};

  constructor(connection: string) {
    this.connection = connection;
  }

  /** One message, unless nobody reads. */
  offer(): void {
    if (this.#paused) return;
    this.received++;
    this.#onMessage(Buffer.from(message));
  }

  cancel(): void {
    this.#onCancel();
  }

  onMessage(callback: (body: Buffer) => void): void {
    this.#onMessage = callback;
  }

  onCancel(callback: () => void): void {
    this.#onCancel = callback;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  send(): boolean {
    return true;
  }

  onEnd(): void {}
  onDrain(): void {}
  end(): void {}
  fail(error: MillraceError): void {
    throw error;
  }
}

/** Keeps every request until it is told to release it. */
function slowBroker() {
  const kept: AppendListener[] = [];
  const produceBudget = new ByteBudget(1 << 30);
  const append = (_: unknown, listener: AppendListener): void => void kept.push(listener);
  const context = new ServerContext({
    engine: { produceBudget, producing: { append }, forwarding: {} } as unknown as Engine,
    clock: systemClock,
    logger: silentLogger,
    metrics: new Metrics(),
    limits: {
      messageBytesMax: MESSAGE_BYTES,
      connectionBytesMax: CONNECTION_BYTES_MAX,
      connectionsMax: 10,
      streamsPerConnectionMax: 1000,
      receiveWindowBytes: 1 << 20,
    },
    version: '0',
    garbage: new YoungGarbage(),
  });
  return {
    context,
    produceBudget,
    serve: (connection: string): EagerStream => {
      const stream = new EagerStream(connection);
      serveProduceStream(stream, context, 'client');
      return stream;
    },
    release: (): void => {
      for (const listener of kept.splice(0)) listener.released();
    },
  };
}

/** Everybody sends until nobody is read from. */
function exhaust(streams: readonly EagerStream[]): number {
  let before = -1;
  let received = 0;
  while (before < received) {
    before = received;
    for (const stream of streams) stream.offer();
    received = streams.reduce((sum, stream) => sum + stream.received, 0);
  }
  return received;
}

test('all streams of a connection share its bytes, and go on once these are free', () => {
  const { serve, release, produceBudget } = slowBroker();
  const streams = Array.from({ length: 50 }, () => serve('one'));
  assert.equal(exhaust(streams), 3);
  assert.ok(produceBudget.usedBytes < CONNECTION_BYTES_MAX + 2 * MESSAGE_BYTES);
  release();
  assert.equal(exhaust(streams), 6);
});

test('streams that come and go, or come late, get no more than those that stay', () => {
  const { serve, release, context } = slowBroker();
  let received = 0;
  for (let count = 0; count < 20; count++) {
    const stream = serve('one');
    received += exhaust([stream]);
    stream.cancel();
  }
  assert.equal(received, 3);
  assert.equal(context.produceBudgets.size, 1);
  release();
  assert.equal(context.produceBudgets.size, 0);
});

test('one connection that holds all it may does not keep another from producing', () => {
  const { serve } = slowBroker();
  assert.equal(exhaust([serve('one'), serve('one')]), 3);
  assert.equal(exhaust([serve('other')]), 3);
});
