/** Both ends of the ceiling's one stream per connection: HTTP/2 with raised receive windows on 127.0.0.1. */
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { deframe, Outbox } from './outbox.ts';

const WINDOW_BYTES = 8 << 20;
const settings = { initialWindowSize: WINDOW_BYTES, maxFrameSize: 1 << 20 };

/** Resolves to the port. */
export function serve(onMessage: (out: Outbox, body: Buffer) => void): Promise<number> {
  const server = http2.createServer({ settings, maxSessionMemory: 1024 });
  server.on('session', (session) => session.setLocalWindowSize(WINDOW_BYTES));
  server.on('stream', (stream: http2.ServerHttp2Stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    const out = new Outbox(stream);
    deframe(stream, (body) => onMessage(out, body));
    stream.on('end', () => stream.end());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

export interface Connection {
  readonly out: Outbox;
  close(): void;
}

export function dial(port: number, onMessage: (body: Buffer) => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(`http://127.0.0.1:${port}`, { settings, maxSessionMemory: 1024 });
    session.on('error', reject);
    session.on('connect', () => {
      session.setLocalWindowSize(WINDOW_BYTES);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/ceiling/Push',
        'content-type': 'application/grpc',
      });
      stream.on('error', () => {});
      deframe(stream, onMessage);
      resolve({ out: new Outbox(stream), close: () => session.destroy() });
    });
  });
}
