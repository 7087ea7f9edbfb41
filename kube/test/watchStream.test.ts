import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type TestContext, it } from 'node:test';
import { ClusterAccess } from '../src/clusterAccess.ts';
import { KubeConnection } from '../src/kubeConnection.ts';
import { isKubeError } from '../src/kubeError.ts';
import { CONFIG_MAPS } from '../src/resource.ts';
import { type WatchedEvent, watchOnce } from '../src/watchStream.ts';

const SILENCE_MS = 300;
const NO_SILENCE_MS = 60_000;

/** A server that answers a watch as `serve` does. */
async function connected(
  t: TestContext,
  serve: (response: ServerResponse) => void,
): Promise<KubeConnection> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    serve(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const access = new ClusterAccess();
  const at = { name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
  access.loadFromClusterAndUser(at, { name: 'u' });
  const connection = new KubeConnection(access);
  t.after(async () => {
    await connection.close();
    server.close();
    server.closeAllConnections();
  });
  return connection;
}

function watch(
  connection: KubeConnection,
  onEvent: (event: WatchedEvent<never>) => void = () => {},
  silenceMsMax = NO_SILENCE_MS,
): Promise<void> {
  const request = {
    of: CONFIG_MAPS,
    namespace: 'n',
    resourceVersion: '1',
    timeoutSeconds: 60,
    silenceMsMax,
    signal: new AbortController().signal,
  };
  return watchOnce<never>(connection, request, onEvent);
}

const line = (type: string, name: string, resourceVersion: string): string =>
  `${JSON.stringify({ type, object: { metadata: { name, resourceVersion } } })}\n`;

it('events are put together from whatever pieces they come in', async (t) => {
  const text = [line('ADDED', 'é', '2'), line('BOOKMARK', '', '5'), line('DELETED', 'é', '7')].join(
    '',
  );
  const bytes = Buffer.from(text);
  const connection = await connected(t, (response) => {
    for (const byte of bytes) response.write(Buffer.from([byte]));
    response.end();
  });
  const seen: string[] = [];
  await watch(connection, (event) => {
    if (event.type === 'bookmark') seen.push(`bookmark ${event.resourceVersion}`);
    else
      seen.push(`${event.type} ${(event.object as { metadata: { name: string } }).metadata.name}`);
  });
  assert.deepEqual(seen, ['put é', 'bookmark 5', 'deleted é']);
});

it('a version that is too old, as the stream says it, is told apart', async (t) => {
  const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
  const connection = await connected(t, (response) => {
    response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
  });
  await assert.rejects(watch(connection), (error) => isKubeError(error, 'expired'));
});

it('a connection that breaks is a failure', async (t) => {
  const connection = await connected(t, (response) => {
    response.write(line('ADDED', 'a', '2'));
    response.write('{"type":"ADD', () => response.destroy());
  });
  await assert.rejects(watch(connection), (error) => isKubeError(error, 'unavailable'));
});

it('silence ends the request, and is no failure', async (t) => {
  const connection = await connected(t, (response) => response.write(line('ADDED', 'a', '2')));
  const seen: string[] = [];
  await watch(connection, ({ type }) => seen.push(type), SILENCE_MS);
  assert.deepEqual(seen, ['put']);
});

it('what a handler throws is not taken for a failure of the network', async (t) => {
  const connection = await connected(t, (response) => response.write(line('ADDED', 'a', '2')));
  const bug = new RangeError('a bug');
  await assert.rejects(
    watch(connection, () => {
      throw bug;
    }),
    (error) => error === bug,
  );
});
