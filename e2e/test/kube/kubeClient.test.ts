import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EventRecorder } from '@millrace/kube/eventRecorder';
import type { KubeClient } from '@millrace/kube/kubeClient';
import { isKubeError } from '@millrace/kube/kubeError';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { LeaderElection } from '@millrace/kube/leaderElection';
import { holderOf, type LeaseObject } from '@millrace/kube/leaseObject';
import { CONFIG_MAPS, EVENTS, LEASES } from '@millrace/kube/resource';
import { type ObjectKey, WatchedObjects } from '@millrace/kube/watchedObjects';
import { ApiServer } from '../../src/apiServer.ts';
import { createNamespace } from '../../src/installedResources.ts';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string | null>>;
}

const NAMESPACE = 'shell';
const WAIT_MS_MAX = 60_000;
const skip =
  process.env.CLUSTER_BIN === undefined && 'needs kube-apiserver in $CLUSTER_BIN, and etcd';

describe('the shell round the Kubernetes API', { skip }, () => {
  let api: ApiServer;
  let client: KubeClient;

  before(async () => {
    api = await ApiServer.start();
    client = api.client();
    await createNamespace(client, NAMESPACE);
  });
  after(async () => {
    await client?.connection.close();
    await api?.close();
  });

  const configMap = (name: string, data: ConfigMap['data'] = {}): ConfigMap => ({
    metadata: { name },
    data,
  });

  async function until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const untilMs = performance.now() + WAIT_MS_MAX;
    while (!(await done())) {
      assert.ok(performance.now() < untilMs, `not in time: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('tells conflicts, absence and refusals apart', async () => {
    const created = await client.create(CONFIG_MAPS, NAMESPACE, configMap('a'));
    await assert.rejects(client.create(CONFIG_MAPS, NAMESPACE, configMap('a')), (error) =>
      isKubeError(error, 'already-exists'),
    );
    await client.put(CONFIG_MAPS, NAMESPACE, { ...created, data: { k: 'v' } });
    await assert.rejects(client.put(CONFIG_MAPS, NAMESPACE, created), (error) =>
      isKubeError(error, 'conflict'),
    );
    await assert.rejects(client.create(CONFIG_MAPS, NAMESPACE, configMap('Not legal')), (error) =>
      isKubeError(error, 'invalid'),
    );
    assert.equal(await client.get(CONFIG_MAPS, NAMESPACE, 'none'), undefined);
    const stale = { uid: '00000000-0000-0000-0000-000000000000' };
    await assert.rejects(client.delete(CONFIG_MAPS, NAMESPACE, 'a', stale), (error) =>
      isKubeError(error, 'conflict'),
    );
    assert.equal(await client.delete(CONFIG_MAPS, NAMESPACE, 'a'), true);
    assert.equal(await client.delete(CONFIG_MAPS, NAMESPACE, 'a'), false);
  });

  it('applies what it is given, takes away what it gave before, and leaves the rest', async () => {
    const apply = (data: ConfigMap['data'], fieldManager: string) =>
      client.apply(CONFIG_MAPS, NAMESPACE, configMap('applied', data), { fieldManager });
    await apply({ a: '1', b: '2' }, 'one');
    await apply({ c: '3' }, 'two');
    await apply({ a: '1' }, 'one');
    const found = await client.get<ConfigMap>(CONFIG_MAPS, NAMESPACE, 'applied');
    assert.deepEqual(found?.data, { a: '1', c: '3' });
    const before = found?.metadata.resourceVersion;
    const again = await apply({ a: '1' }, 'one');
    assert.equal(again.metadata.resourceVersion, before, 'the same again writes nothing');
  });

  it('patches by merging: null takes a key away', async () => {
    await client.create(CONFIG_MAPS, NAMESPACE, configMap('merged', { a: '1', b: '2' }));
    const patched = await client.mergePatch<ConfigMap>(CONFIG_MAPS, NAMESPACE, 'merged', {
      data: { a: null, c: '3' },
    });
    assert.deepEqual(patched.data, { b: '2', c: '3' });
  });

  it('lists many pages of one version, over few connections', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `many-${index}`);
    for (let from = 0; from < names.length; from += 50) {
      const some = names.slice(from, from + 50);
      await Promise.all(
        some.map((name) =>
          client.create(CONFIG_MAPS, NAMESPACE, {
            metadata: { name, labels: { many: 'yes' } },
          }),
        ),
      );
    }
    const { items } = await client.list(CONFIG_MAPS, NAMESPACE, { labelSelector: 'many=yes' });
    const listed = items.map(({ metadata }) => metadata.name);
    assert.deepEqual(listed.toSorted(), names.toSorted());
  });

  it('follows a collection over an outage of the API server', async () => {
    const changed: ObjectKey[] = [];
    const labelSelector = 'followed=yes';
    const followed = new WatchedObjects<ConfigMap>({
      client,
      of: CONFIG_MAPS,
      namespace: NAMESPACE,
      labelSelector,
      onChanged: (key) => changed.push(key),
    });
    await followed.synced;
    const labelled = (name: string): ConfigMap => ({
      metadata: { name, labels: { followed: 'yes' } },
    });
    await client.create(CONFIG_MAPS, NAMESPACE, labelled('f1'));
    await client.create(CONFIG_MAPS, NAMESPACE, labelled('f2'));
    await until(() => followed.list().length === 2, 'both are seen');
    await api.stopApi();
    await api.startApi();
    await client.delete(CONFIG_MAPS, NAMESPACE, 'f1');
    await client.create(CONFIG_MAPS, NAMESPACE, labelled('f3'));
    await until(() => followed.get(NAMESPACE, 'f3') !== undefined, 'what came after is seen');
    await until(() => followed.get(NAMESPACE, 'f1') === undefined, 'what went is gone');
    assert.ok(followed.get(NAMESPACE, 'f2'));
    assert.ok(followed.silentMs < WAIT_MS_MAX);
    const before = changed.length;
    followed.stop();
    await client.delete(CONFIG_MAPS, NAMESPACE, 'f2');
    assert.equal(changed.length, before, 'it is silent once it is stopped');
  });

  it('elects one leader, and another when the first is gone', async () => {
    const leaders: string[] = [];
    const candidate = (identity: string): LeaderElection =>
      new LeaderElection({
        client,
        namespace: NAMESPACE,
        name: 'elected',
        identity,
        leaseDurationMs: 4000,
        renewDeadlineMs: 3000,
        retryMs: 200,
        onElected: () => leaders.push(identity),
        onLost: () => leaders.push(`not ${identity}`),
      });
    const first = candidate('first');
    await until(() => first.isLeader, 'the first leads');
    const second = candidate('second');
    const lease = await client.get<LeaseObject>(LEASES, NAMESPACE, 'elected');
    assert.equal(holderOf(lease), 'first');
    assert.match(lease?.spec?.renewTime ?? '', /\.\d{6}Z$/);
    const stoppedMs = performance.now();
    await first.stop();
    await until(() => second.isLeader, 'the second leads');
    assert.ok(performance.now() - stoppedMs < WAIT_MS_MAX);
    // A rival that writes the lease as its own deposes it.
    const held = (await client.get<LeaseObject>(LEASES, NAMESPACE, 'elected')) ?? assert.fail();
    await until(async () => {
      const newest = await client.get<LeaseObject>(LEASES, NAMESPACE, 'elected');
      const rival = { ...(newest ?? held), spec: { ...held.spec, holderIdentity: 'rival' } };
      return await client.put(LEASES, NAMESPACE, rival).then(
        () => true,
        () => false,
      );
    }, 'the rival takes it');
    await until(() => !second.isLeader, 'the second sees that');
    await second.stop();
    assert.deepEqual(leaders, ['first', 'second', 'not second']);
  });

  it('records an event once, and what repeats as a series', async () => {
    const recorder = new EventRecorder({
      client,
      controller: 'millrace.dev/operator',
      instance: 'operator-0',
    });
    const object = await client.create(CONFIG_MAPS, NAMESPACE, configMap('eventful'));
    for (let times = 0; times < 3; times += 1) {
      recorder.record({
        regarding: { of: CONFIG_MAPS, object },
        type: 'Warning',
        reason: 'RollBlocked',
        action: 'Rolling',
        note: 'broker 1 is not in sync',
      });
    }
    const events = async () => (await client.list(EVENTS, NAMESPACE)).items;
    await until(async () => (await events()).length === 1, 'one event is there');
    const [event] = (await events()) as { reason?: string; note?: string }[];
    assert.equal(event?.reason, 'RollBlocked');
    assert.equal(event?.note, 'broker 1 is not in sync');
  });
});
