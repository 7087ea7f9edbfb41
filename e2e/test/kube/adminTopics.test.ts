import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Millrace } from '@millrace/client/millrace';
import { MillraceError } from '@millrace/core/errors';
import { BrokerProcess } from '../../src/brokerProcess.ts';
import { ASSIGNMENTS, CLUSTER_STATES, TOPICS } from '../../src/declaredTopic.ts';
import { createNamespace } from '../../src/installedResources.ts';
import { CLUSTERS } from '../operator/kinds.ts';
import { type OperatorProcess, OperatorWorld, type Seen } from '../operator/operatorWorld.ts';

const NS = 'admin';
const CLUSTER = 'mill';
const BROKERS = [0, 1];
const skip =
  process.env.CLUSTER_BIN === undefined && 'needs kube-apiserver in $CLUSTER_BIN, and etcd';

const withCode = (code: string, outcome?: string) => (error: unknown) =>
  error instanceof MillraceError &&
  error.code === code &&
  (outcome === undefined || error.outcome === outcome);

describe('topics by Admin calls, on Kubernetes', { skip }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-admin-'));
  let world: OperatorWorld;
  let operator: OperatorProcess;
  let millrace: Millrace;
  const brokers: BrokerProcess[] = [];

  before(async () => {
    world = await OperatorWorld.start();
    await createNamespace(world.client, NS);
    await world.create(CLUSTERS, NS, CLUSTER, { brokers: { replicas: BROKERS.length } });
    operator = await world.operator(NS);
    // The brokers ask it which cluster they are of.
    const state = await world.until(CLUSTER_STATES, NS, CLUSTER, (found) => found !== undefined);
    for (const brokerId of BROKERS) {
      brokers.push(
        await BrokerProcess.start({
          kubeconfig: world.api.kubeconfig,
          namespace: NS,
          cluster: CLUSTER,
          brokerId,
          dataDir: path.join(folder, String(brokerId)),
          env: { MILLRACE_CLUSTER_ID: String(state.spec.clusterId) },
        }),
      );
    }
    millrace = new Millrace({ server: brokers.map(({ server }) => server), deadlineMs: 90_000 });
  });

  after(async () => {
    await millrace?.close();
    for (const broker of brokers) await broker.end('SIGKILL');
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are resources that the operator makes, led when the call returns; the same again is no error', async () => {
    const asked = {
      name: 'flights',
      partitions: 2,
      replicationFactor: 2,
      config: { retentionMs: '1d' },
    };
    const { topic, existed } = await millrace.admin.createTopic(asked);
    assert.equal(existed, false);
    assert.equal(topic.partitions, 2);
    const resource = await world.client.get<Seen>(TOPICS, NS, 'flights');
    assert.equal(resource?.spec.deletionPolicy, 'Delete');
    assert.equal(resource?.status?.topicId, topic.topicId);
    const retention = topic.config.find(({ key }) => key === 'retentionMs');
    assert.deepEqual([retention?.value, retention?.source], [String(24 * 3_600_000), 'topic']);
    const again = await millrace.admin.createTopic(asked);
    assert.deepEqual([again.existed, again.topic.topicId], [true, topic.topicId]);
    await assert.rejects(
      millrace.admin.createTopic({ ...asked, partitions: 3 }),
      withCode('TOPIC_EXISTS'),
    );
    const producer = millrace.producer();
    const { offset } = await producer.send({ topic: 'flights', partition: 0, value: 'v' });
    assert.equal(offset, 0);
    await producer.close();
  });

  it('of a name that no resource can have are there too', async () => {
    const { topic } = await millrace.admin.createTopic({ name: 'Flights_EU', partitions: 1 });
    const { items } = await world.client.list<Seen>(TOPICS, NS);
    const resource = items.find(({ spec }) => spec.topicName === 'Flights_EU');
    assert.equal(resource?.status?.topicId, topic.topicId);
  });

  it('that cannot be made are refused, and nothing of them is left', async () => {
    await assert.rejects(
      millrace.admin.createTopic({ name: 'wide', replicationFactor: 5 }),
      withCode('INVALID_REPLICATION_FACTOR', 'not-applied'),
    );
    await assert.rejects(
      millrace.admin.createTopic({ name: 'odd', config: { nonsense: '1' } }),
      withCode('INVALID_CONFIG', 'not-applied'),
    );
    const { items } = await world.client.list(TOPICS, NS);
    const names = items.map(({ metadata }) => metadata.name);
    assert.ok(!names.includes('wide') && !names.includes('odd'));
  });

  it('are altered by their resource', async () => {
    const altered = await millrace.admin.alterTopic({
      topic: 'flights',
      partitions: 4,
      config: { segmentBytesMax: '1MiB' },
      configUnset: ['retentionMs'],
    });
    assert.equal(altered.partitions, 4);
    const resource = await world.client.get<Seen>(TOPICS, NS, 'flights');
    assert.equal(resource?.spec.partitions, 4);
    assert.deepEqual(Object.keys(resource?.spec.config ?? {}), ['segmentBytesMax']);
    await assert.rejects(
      millrace.admin.alterTopic({ topic: 'flights', partitions: 1 }),
      withCode('INVALID_PARTITIONS', 'not-applied'),
    );
  });

  it('are deleted with their resource, and a new one of the name is another', async () => {
    const before = await millrace.admin.describeTopic('flights');
    const deleted = await millrace.admin.deleteTopic('flights');
    assert.equal(deleted, before.topicId);
    assert.equal(await world.client.get(TOPICS, NS, 'flights'), undefined);
    const { topic } = await millrace.admin.createTopic({ name: 'flights', partitions: 1 });
    assert.notEqual(topic.topicId, before.topicId);
    await world.until(ASSIGNMENTS, NS, `${before.topicId}-0`, (found) => found === undefined);
  });

  it('that are to be kept are not deleted by a call', async () => {
    await world.topic(NS, 'kept', { deletionPolicy: 'Retain', partitions: 1 });
    await world.untilReady(TOPICS, NS, 'kept');
    await assert.rejects(
      millrace.admin.deleteTopic('kept'),
      withCode('INVALID_REQUEST', 'not-applied'),
    );
  });

  it('wait for an operator that is away, and are there once it is back', async () => {
    await world.kill(operator);
    const asked = { name: 'waiting', partitions: 1, replicationFactor: 1 };
    await assert.rejects(
      millrace.admin.createTopic({ ...asked, deadlineMs: 8000 }),
      (error) => error instanceof MillraceError && error.outcome === 'unknown',
    );
    operator = await world.operator(NS);
    await world.untilReady(TOPICS, NS, 'waiting');
    const { existed } = await millrace.admin.createTopic(asked);
    assert.equal(existed, true);
  });
});
