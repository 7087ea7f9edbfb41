import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  connectWire,
  type OpenOptions,
  type WireClientOptions,
  type WireSession,
} from '@millrace/wire/client';
import type { WireStream } from '@millrace/wire/clientStream';
import { createWireServer, type WireServer } from '@millrace/wire/server';
import type { WireHandler, WireServerOptions } from '@millrace/wire/serverOptions';
import type { WireStatus } from '@millrace/wire/status';

export interface Started {
  readonly server: WireServer;
  readonly port: number;
  readonly url: string;
  readonly faults: unknown[];
}

/** A server that is gone when the test is. */
export async function serve(
  t: TestContext,
  methods: Record<string, WireHandler>,
  options: Partial<WireServerOptions> = {},
): Promise<Started> {
  const faults: unknown[] = [];
  const server = createWireServer({
    methods: new Map(Object.entries(methods)),
    onFault: (error) => faults.push(error),
    ...options,
  });
  const port = await server.listen(0, '127.0.0.1');
  t.after(() => server.close(0));
  const scheme = options.tls === undefined ? 'http' : 'https';
  return { server, port, url: `${scheme}://127.0.0.1:${port}`, faults };
}

export async function dial(
  t: TestContext,
  url: string,
  options: WireClientOptions = {},
): Promise<WireSession> {
  const session = await connectWire(url, options);
  t.after(() => session.destroy());
  return session;
}

export function statusOf(stream: WireStream): Promise<WireStatus> {
  return new Promise((resolve) => stream.onStatus(resolve));
}

export interface Outcome {
  readonly messages: Buffer[];
  readonly status: WireStatus;
}

/** Sends `messages`, half-closes and collects the answer. */
export async function exchange(
  session: WireSession,
  path: string,
  messages: readonly Buffer[],
  options: OpenOptions = {},
): Promise<Outcome> {
  const stream = session.open(path, options);
  const received: Buffer[] = [];
  stream.onMessage((body) => received.push(body));
  const status = statusOf(stream);
  for (const message of messages) stream.send([message]);
  stream.end();
  return { messages: received, status: await status };
}

export const echo: WireHandler = (call) => {
  call.onMessage((body) => {
    if (!call.send([body])) call.pause();
  });
  call.onDrain(() => call.resume());
  call.onEnd(() => call.end());
};

/** Resolves once `condition` holds; the test's own time limit is the deadline. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const from = performance.now();
  while (!condition()) {
    assert.ok(performance.now() - from < 20_000, `still waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Asserts that the server still answers a new client. */
export async function assertServes(started: Started): Promise<void> {
  const session = await connectWire(started.url);
  try {
    const { messages, status } = await exchange(session, '/t/Echo', [Buffer.from('alive')]);
    assert.deepEqual([messages.map(String), status.code], [['alive'], 0]);
  } finally {
    session.destroy();
  }
}
