/** PrepareStop on the peer port, as the operator of a cluster calls it before it replaces a broker. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, credentials, type MethodDefinition } from '@grpc/grpc-js';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import type { PrepareStopRequest } from '@millrace/proto/generated/millrace/peer/v1/PrepareStopRequest';
import type { PrepareStopResponse__Output } from '@millrace/proto/generated/millrace/peer/v1/PrepareStopResponse';
import { loadPeer } from '@millrace/proto/load';
import { stockClient, unary } from './stockClient.ts';
import { startCluster } from './supervisedCluster.ts';
import { until } from './until.ts';

const BOUND_MS = 60_000;

const service = loadPeer()['millrace.peer.v1.Controller'] as unknown as Record<
  string,
  MethodDefinition<PrepareStopRequest, PrepareStopResponse__Output>
>;

function prepareStop(port: number | undefined, brokerId: number) {
  const method = service.PrepareStop;
  assert.ok(method !== undefined);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return unary<PrepareStopRequest, PrepareStopResponse__Output>(
    (request, callback) =>
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        callback,
      ),
    { brokerId },
  )
    .catch((error: { metadata?: { get(key: string): (string | Buffer)[] } }) => {
      const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
      throw Buffer.isBuffer(bytes) ? (decodeStatusDetails(bytes) ?? error) : error;
    })
    .finally(() => client.close());
}

test('the controller prepares the stop of a broker: it leads nothing more; others refuse', async (t) => {
  const cluster = startCluster(t, ['--brokers', '2']);
  await until(() => cluster.ready().length === 2, 'both are ready', BOUND_MS);
  const [first] = cluster.ready();
  const stock = stockClient(`127.0.0.1:${first?.ports.client}`);
  t.after(() => stock.close());
  const described = () => unary(stock.admin.DescribeBrokers.bind(stock.admin), {});
  await until(
    async () => (await described()).brokers.filter(({ fenced }) => !fenced).length === 2,
    'both are members',
    BOUND_MS,
  );
  await unary(stock.admin.CreateTopic.bind(stock.admin), {
    name: 'moved',
    partitions: 4,
    replicationFactor: 2,
  });
  const { controllerId } = await unary(stock.cluster.Describe.bind(stock.cluster), {});
  const portOf = (id: number) => cluster.ready().find((each) => each.brokerId === id)?.ports.peer;

  await assert.rejects(prepareStop(portOf(1 - controllerId), 0), { code: 'NOT_CONTROLLER' });
  const nobody = prepareStop(portOf(controllerId), 5);
  await assert.rejects(nobody, { code: 'INVALID_REQUEST' });
  await assert.rejects(prepareStop(portOf(controllerId), -1), { code: 'INVALID_REQUEST' });

  const stopping = 1 - controllerId;
  await until(
    async () => (await prepareStop(portOf(controllerId), stopping)).ready,
    'it may stop',
    BOUND_MS,
  );
  await until(
    async () => (await described()).brokers.find((b) => b.brokerId === stopping)?.leaders === 0,
    'it leads nothing',
    BOUND_MS,
  );
});
