/** The data port: ProduceStream and Fetch straight from the HTTP/2 session, for our SDK and for peers. */
import { createWireServer, type WireServer } from '@millrace/wire/server';
import type { ServerContext } from './context.ts';
import { serveFetchStream } from './fetchStream.ts';
import { listenFailure } from './listenFailure.ts';
import { serveProduceStream } from './produceStream.ts';
import { WireStream } from './wireStream.ts';

/** Enough that the next slice is read from disk while the last one is on its way. */
const SEND_BYTES_MAX = 4 << 20;
/** Queued for all readers together; near it each gets less. */
const SERVER_BYTES_MAX = 48 << 20;

export interface DataServer {
  readonly port: number;
  close(graceMs: number): Promise<void>;
}

/** Throws CONFLICT for a port that can't be bound. */
export async function startDataServer(
  context: ServerContext,
  host: string,
  port: number,
): Promise<DataServer> {
  const { limits, logger } = context;
  const server: WireServer = createWireServer({
    methods: new Map([
      [
        '/millrace.v1.Producer/ProduceStream',
        (call) => serveProduceStream(new WireStream(call), context, 'data'),
      ],
      [
        '/millrace.v1.Consumer/Fetch',
        (call) => serveFetchStream(new WireStream(call), context, 'data'),
      ],
    ]),
    windowBytes: limits.receiveWindowBytes,
    messageBytesMax: limits.messageBytesMax,
    sendBytesMax: SEND_BYTES_MAX,
    serverBytesMax: SERVER_BYTES_MAX,
    connectionBytesMax: limits.connectionBytesMax,
    connectionsMax: limits.connectionsMax,
    streamsPerConnectionMax: limits.streamsPerConnectionMax,
    onFault: (error) => logger.error('a handler threw', { cause: String(error) }),
  });
  const bound = await server.listen(port, host).catch((error: unknown) => {
    throw listenFailure('dataPort', host, port, error);
  });
  return { port: bound, close: (graceMs) => server.close(graceMs) };
}
