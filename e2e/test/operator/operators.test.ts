import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type {
  AssignmentResource,
  BrokerResource,
} from '@millrace/core/resources/custom/internalResources';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { CUSTOM_RESOURCE_DEFINITIONS, SERVICES, STATEFUL_SETS } from '@millrace/kube/resource';
import { clusterPrograms } from '../../src/apiServer.ts';
import { installResources } from '../../src/installedResources.ts';
import { ASSIGNMENTS, BROKERS, CLUSTER_STATES, CLUSTERS, TOPICS } from './kinds.ts';
import { conditionOf, OperatorWorld, reconcilesOf, type Seen, writesOf } from './operatorWorld.ts';

/** Lease times for tests: another operator takes over soon, and a busy machine loses no Lease. */
const QUICK = {
  MILLRACE_LEASE_DURATION_MS: '8s',
  MILLRACE_LEASE_RENEW_DEADLINE_MS: '7s',
  MILLRACE_LEASE_RETRY_MS: '500',
};

/** Of a Lease that is renewed every 2 s. */
const RENEW_MS_MIN = 1600;

interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly { readonly image: string }[] };
    };
  };
}

describe('the operator', { skip: clusterPrograms() === undefined, timeout: 900_000 }, () => {
  let world: OperatorWorld;

  before(async () => {
    world = await OperatorWorld.start();
  });
  after(() => world.close());

  it('writes nothing for resources that did not change, however often it looks', async () => {
    await world.namespace('idle');
    for (const name of ['a', 'b', 'c', 'd']) await world.topic('idle', name);
    await world.change(CLUSTERS, 'idle', 'mill', {
      spec: { brokers: { resources: { limits: { memory: '1024Mi', cpu: '1000m' } } } },
    });
    const operator = await world.operator('idle', {
      ...QUICK,
      MILLRACE_RESYNC_MS: '1s',
      MILLRACE_LEASE_DURATION_MS: '15s',
      MILLRACE_LEASE_RENEW_DEADLINE_MS: '10s',
      MILLRACE_LEASE_RETRY_MS: '2s',
    });
    for (const name of ['a', 'b', 'c', 'd']) await world.untilReady(TOPICS, 'idle', name);
    await world.until<Seen>(CLUSTERS, 'idle', 'mill', (cluster) => cluster?.status !== undefined);
    const looks = await reconcilesOf(operator);
    const versions = await versionsOf('idle');
    const startedMs = performance.now();
    const writes = await writesOf(operator);
    await untilTrue(async () => (await reconcilesOf(operator)) > looks + 20);
    // The Lease is renewed every second or so; nothing else is written.
    const written = (await writesOf(operator)) - writes;
    const renewals = Math.ceil((performance.now() - startedMs) / RENEW_MS_MIN) + 1;
    assert.ok(written <= renewals, `${written} writes`);
    assert.deepEqual(await versionsOf('idle'), versions);
    await world.kill(operator, 'SIGTERM');
  });

  it('is one of several: the other takes over, and finishes what the first began', async () => {
    await world.namespace('pair');
    const first = await world.operator('pair', QUICK);
    await world.topic('pair', 'before');
    await world.untilReady(TOPICS, 'pair', 'before');
    const second = await world.operator('pair', QUICK);
    for (let number = 0; number < 20; number++) await world.topic('pair', `t${number}`);
    await world.kill(first);
    for (let number = 0; number < 20; number++) {
      await world.untilReady(TOPICS, 'pair', `t${number}`);
    }
    const names = (await world.client.list<AssignmentResource>(ASSIGNMENTS, 'pair')).items;
    assert.equal(names.length, 21, 'a topic was made twice');
    await world.kill(second, 'SIGTERM');
    assert.equal(second.child.exitCode, 0);
  });

  it('keeps clusters of one namespace apart, and touches nothing that it did not make', async () => {
    const controller = await world.namespace('apart', ['mill']);
    await world.client.create(SERVICES, 'apart', {
      metadata: { name: 'taken', namespace: 'apart' },
      spec: { ports: [{ port: 80 }] },
    } as KubeObject);
    const operator = await world.operator('apart', QUICK);
    await world.create(CLUSTERS, 'apart', 'other', {});
    await world.create(CLUSTERS, 'apart', 'taken', {});
    for (const id of [0, 1, 2]) await controller.addBroker('other', id);
    await world.topic('apart', 'orders');
    await world.create(TOPICS, 'apart', 'orders2', {
      clusterRef: { name: 'other' },
      topicName: 'orders',
    });
    const one = await world.untilReady(TOPICS, 'apart', 'orders');
    const two = await world.untilReady(TOPICS, 'apart', 'orders2');
    assert.notEqual(one.status?.topicId, two.status?.topicId);
    const taken = await world.untilReady(CLUSTERS, 'apart', 'taken', 'ResourceConflict');
    assert.match(conditionOf(taken, 'Ready')?.message ?? '', /Service taken/);
    await world.kill(operator, 'SIGTERM');
  });

  it('restarts nothing because it was upgraded, and brokers have the image that they had', async () => {
    await world.namespace('upgrade');
    const old = await world.operator('upgrade', { ...QUICK, MILLRACE_BROKER_IMAGE: 'millrace:1' });
    const set = (isSo: (set: StatefulSet | undefined) => boolean) =>
      world.until<StatefulSet>(STATEFUL_SETS, 'upgrade', 'mill-broker', isSo);
    const before = await set((found) => found !== undefined);
    await world.kill(old, 'SIGTERM');
    const next = await world.operator('upgrade', { ...QUICK, MILLRACE_BROKER_IMAGE: 'millrace:2' });
    await world.change(CLUSTERS, 'upgrade', 'mill', { spec: { brokers: { replicas: 4 } } });
    const after = await set((found) => found?.spec.replicas === 4);
    assert.equal(after.spec.template.spec.containers[0]?.image, 'millrace:1');
    assert.deepEqual(
      after.spec.template.metadata.annotations,
      before.spec.template.metadata.annotations,
    );
    await world.change(CLUSTERS, 'upgrade', 'mill', { spec: { image: 'millrace:2' } });
    await set((found) => found?.spec.template.spec.containers[0]?.image === 'millrace:2');
    await world.kill(next, 'SIGTERM');
  });

  it('empties brokers before they go, and says what keeps them', async () => {
    const controller = await world.namespace('scale');
    await world.change(CLUSTERS, 'scale', 'mill', { spec: { brokers: { replicas: 4 } } });
    await controller.addBroker('mill', 3);
    const operator = await world.operator('scale', QUICK);
    await world.topic('scale', 'wide', { partitions: 4, replicationFactor: 4 });
    await world.untilReady(TOPICS, 'scale', 'wide');
    await world.change(CLUSTERS, 'scale', 'mill', { spec: { brokers: { replicas: 3 } } });
    const waiting = await world.until<Seen>(
      CLUSTERS,
      'scale',
      'mill',
      (cluster) => conditionOf(cluster, 'Reconciling')?.reason === 'ScaleDownBlocked',
    );
    assert.match(conditionOf(waiting, 'Reconciling')?.message ?? '', /wide/);
    const set = await world.client.get<StatefulSet>(STATEFUL_SETS, 'scale', 'mill-broker');
    assert.equal(set?.spec.replicas, 4);
    const leaving = await world.until<BrokerResource>(
      BROKERS,
      'scale',
      'mill-3',
      (broker) => broker?.spec.draining === true,
    );
    assert.equal(leaving.spec.cordoned, true);
    await world.change(TOPICS, 'scale', 'wide', { spec: { replicationFactor: 3 } });
    await world.until<StatefulSet>(
      STATEFUL_SETS,
      'scale',
      'mill-broker',
      (found) => found?.spec.replicas === 3,
    );
    const { items } = await world.client.list<AssignmentResource>(ASSIGNMENTS, 'scale');
    assert.ok(items.every(({ spec }) => spec.replicas.every((ids) => !ids.includes(3 as never))));
    await world.kill(operator, 'SIGTERM');
  });

  it('keeps records when all Topics go at once, and when their kind does', async () => {
    await world.namespace('mistake');
    const operator = await world.operator('mistake', QUICK);
    const names = Array.from({ length: 9 }, (_, number) => `t${number}`);
    for (const name of names) await world.topic('mistake', name);
    for (const name of names) await world.untilReady(TOPICS, 'mistake', name);
    const before = (await world.client.list<AssignmentResource>(ASSIGNMENTS, 'mistake')).items;
    await world.client.delete(CUSTOM_RESOURCE_DEFINITIONS, '', 'topics.millrace.dev');
    await world.until(
      CUSTOM_RESOURCE_DEFINITIONS,
      '',
      'topics.millrace.dev',
      (found) => found === undefined,
    );
    await installResources(world.client);
    for (const name of names) await world.topic('mistake', name);
    const ids = new Set<unknown>();
    for (const name of names) {
      ids.add((await world.untilReady(TOPICS, 'mistake', name)).status?.topicId);
    }
    assert.deepEqual(ids, new Set(before.map(({ spec }) => spec.topicId)));
    const { items } = await world.client.list<AssignmentResource>(ASSIGNMENTS, 'mistake');
    assert.ok(items.every(({ spec }) => !spec.deleted));
    await world.kill(operator, 'SIGTERM');
  });

  async function versionsOf(namespace: string): Promise<Record<string, string | undefined>> {
    const versions: Record<string, string | undefined> = {};
    for (const kind of [TOPICS, CLUSTERS, ASSIGNMENTS, BROKERS, CLUSTER_STATES, STATEFUL_SETS]) {
      const { items } = await world.client.list<KubeObject>(kind, namespace);
      for (const { metadata } of items) {
        versions[`${kind.kind}/${metadata.name}`] = metadata.resourceVersion;
      }
    }
    return versions;
  }
});

async function untilTrue(isSo: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + 60_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < until, 'it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
