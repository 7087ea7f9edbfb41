/**
 * A client that takes and never gives, as a process of its own: `node hostileClient.ts <kind> <port> <connections>
 * <streams>`. Prints `open` once all its streams are there, and then only holds them.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { once } from 'node:events';
import { encodeFetchRequest } from '@millrace/core/messages/fetchRequest';
import { encodeProduceStreamRequest } from '@millrace/core/messages/produceStream';
import { goodBatch } from './hostileBatch.ts';

const HUGE = 2 ** 30;
const [, , kind = '', port = '', connections = '1', streams = '1'] = process.argv;

function framed(parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

function fetchRequest(format: number, messageBytesMax: number): Buffer {
  const partitions = [{ topicName: 'big', offset: 0 }];
  return framed(
    encodeFetchRequest({ partitions, format, isolation: 0, stopAtEnd: false, messageBytesMax }),
  );
}

/** FetchOnceRequest has its numbers elsewhere: bytes_max is field 4, where FetchRequest has stop_at_end. */
function fetchOnceRequest(): Buffer {
  const partitions = encodeFetchRequest({
    partitions: [{ topicName: 'big', offset: 0 }],
    format: 2,
    isolation: 0,
    stopAtEnd: false,
    messageBytesMax: 0,
  });
  return framed([...partitions, Buffer.from([0x20, 0x80, 0x80, 0x80, 0x08])]);
}

function open(session: ClientHttp2Session, path: string): ClientHttp2Stream {
  const stream = session.request(
    { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
    { endStream: false },
  );
  stream.on('error', () => {});
  return stream;
}

/** Window: what the client lets the broker send without ever reading it. */
const KINDS: Record<string, { window: number; start: (session: ClientHttp2Session) => void }> = {
  // Lets everything come and stops: the parent sends SIGSTOP.
  fetch: {
    window: HUGE,
    start: (session) => void open(session, '/millrace.v1.Consumer/Fetch').end(fetchRequest(2, 0)),
  },
  'fetch-records': {
    window: 0,
    start: (session) =>
      void open(session, '/millrace.v1.Consumer/Fetch').end(fetchRequest(1, 2 ** 31)),
  },
  'fetch-once': {
    window: 0,
    start: (session) =>
      void open(session, '/millrace.v1.Consumer/FetchOnce').end(fetchOnceRequest()),
  },
  // Produces for ever and takes no acknowledgement.
  produce: {
    window: 0,
    start: (session) => {
      const stream = open(session, '/millrace.v1.Producer/ProduceStream');
      const entry = { topicName: 'small', partition: 0, records: [], batches: goodBatch() };
      const request = { correlation: 1, acks: 3, deadlineMs: 0, entries: [entry] };
      const bytes = framed(encodeProduceStreamRequest(request));
      const send = (): void => {
        while (!stream.destroyed && stream.write(bytes)) {
          // Until the broker stops reading.
        }
      };
      stream.on('drain', send);
      send();
    },
  },
  // Begins messages of 15 MiB and ends none.
  'half-open': {
    window: HUGE,
    start: (session) => {
      const stream = open(session, '/millrace.v1.Producer/Produce');
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(15 * 2 ** 20, 1);
      stream.write(prefix);
      const chunk = Buffer.alloc(2 ** 20);
      for (let count = 0; count < 14; count++) stream.write(chunk);
    },
  },
};

const how = KINDS[kind];
if (how === undefined) throw new TypeError(`no kind ${kind}`);
for (let index = 0; index < Number(connections); index++) {
  const session = connect(`http://127.0.0.1:${port}`, {
    settings: { initialWindowSize: how.window, enablePush: false },
    maxSessionMemory: 4096,
  });
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  for (let count = 0; count < Number(streams); count++) how.start(session);
}
process.stdout.write('open\n');
setInterval(() => {}, 60_000);
