import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LEASES, PODS } from '@millrace/kube/resource';
import { becomesTrue } from '@millrace/e2e/scenario/eventually';
import { CLUSTER_NAME, Installation } from '@millrace/e2e/scenario/installation';
import { CLUSTERS } from '@millrace/e2e/scenario/millraceObjects';
import { RunningLoad } from '@millrace/e2e/scenario/runningLoad';
import type { KubeObject } from '@millrace/kube/kubeObject';

/** An operator that did look would have mended it many times over. */
const LEFT_ALONE_MS = 5000;

interface Lease extends KubeObject {
  readonly spec: { readonly holderIdentity?: string };
}

test('operators', async (t) => {
  const cluster = await Installation.whole(t, 'operator');
  const { namespace, kube } = cluster;
  const active = async (): Promise<string | undefined> => {
    const lease = await kube.get<Lease>(LEASES, namespace, 'millrace-operator');
    const { items } = await kube.list(PODS, namespace, {
      labelSelector: 'app.kubernetes.io/component=operator',
    });
    const holder = lease?.spec.holderIdentity ?? '';
    return items.find(({ metadata }) => holder.includes(metadata.name))?.metadata.name;
  };

  await t.test('of two operators one works; killed, the other goes on', async () => {
    const first = await active();
    assert.ok(first !== undefined);
    await kube.delete(PODS, namespace, first, {}, { gracePeriodSeconds: 0 });
    await cluster.makeTopic('after-the-first', { partitions: 1 });
    assert.notEqual(await active(), first);
  });

  await t.test('killed in the middle of a rolling restart, the next one ends it', async () => {
    const load = await RunningLoad.start(cluster);
    const before = new Set((await cluster.brokers()).map(({ metadata }) => metadata.uid));
    const replaced = async (): Promise<number> =>
      (await cluster.brokers()).filter(({ metadata }) => !before.has(metadata.uid)).length;
    const restart = cluster.restartsInOrder();
    await becomesTrue('one broker is new', async () => (await replaced()) >= 1, 120_000);
    const first = await active();
    if (first !== undefined)
      await kube.delete(PODS, namespace, first, {}, { gracePeriodSeconds: 0 });
    await restart;
    await cluster.isInSync(load.topic);
    await load.endsWell('operator killed in a rolling restart', { gapMsMax: 500 });
  });

  await t.test('a paused Cluster is left alone, and looked at again afterwards', async () => {
    const pause = (value: string | null) =>
      kube.mergePatch(CLUSTERS, namespace, CLUSTER_NAME, {
        metadata: { annotations: { 'millrace.dev/pause': value } },
      });
    await pause('true');
    await cluster.kubectl('delete', 'service', CLUSTER_NAME);
    const exists = async (): Promise<boolean> =>
      (await cluster.kubectl('get', 'service', CLUSTER_NAME, '--ignore-not-found')) !== '';
    await delay(LEFT_ALONE_MS);
    assert.equal(await exists(), false);
    await pause(null);
    await becomesTrue('the Service is back', exists, 20_000);
  });

  await t.test('what was deleted by hand comes back', async () => {
    await cluster.kubectl('delete', 'statefulset', `${CLUSTER_NAME}-broker`, '--cascade=orphan');
    const exists = async (): Promise<boolean> =>
      (await cluster.kubectl('get', 'statefulset', '-o', 'name')) !== '';
    await becomesTrue('the StatefulSet is back', exists, 20_000);
    await cluster.isWhole();
  });
});
