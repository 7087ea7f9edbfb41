import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { becomesTrue } from '@millrace/e2e/scenario/eventually';
import { CLUSTER_NAME, IMAGE, Installation } from '@millrace/e2e/scenario/installation';
import { CLUSTERS, isPodReady } from '@millrace/e2e/scenario/millraceObjects';
import { RunningLoad } from '@millrace/e2e/scenario/runningLoad';

const STUCK_MS = 20_000;
const SCALE_MS_MAX = 240_000;

test('changes of a Cluster under continuous clients', async (t) => {
  const cluster = await Installation.whole(t, 'changes');
  const { namespace, kube } = cluster;
  const patch = (spec: object): Promise<unknown> =>
    kube.mergePatch(CLUSTERS, namespace, CLUSTER_NAME, { spec });

  await t.test('three brokers become five, and three again', async () => {
    const load = await RunningLoad.start(cluster);
    await patch({ brokers: { replicas: 5 } });
    await cluster.isWhole(5, SCALE_MS_MAX);
    await cluster.makeTopic('wide', { partitions: 10, replicationFactor: 3 });
    await patch({ brokers: { replicas: 3 } });
    await cluster.isWhole(3, SCALE_MS_MAX);
    const left = (await cluster.partitions('wide')).flatMap(({ replicas }) => replicas);
    assert.ok(
      left.every((broker) => broker < 3),
      `replicas on ${left.join(' ')}`,
    );
    await cluster.isInSync('wide');
    await load.endsWell('3 to 5 to 3 brokers', { gapMsMax: 2000 });
  });

  await t.test('a bad image stops the roll at the first broker; the good one ends it', async () => {
    const load = await RunningLoad.start(cluster);
    const before = new Set((await cluster.brokers()).map(({ metadata }) => metadata.uid));
    await patch({ image: 'docker.io/millrace/millrace:no-such-tag' });
    const isStuck = async (): Promise<boolean> =>
      (await cluster.brokers()).some((pod) => !before.has(pod.metadata.uid) && !isPodReady(pod));
    await becomesTrue('one broker has the bad image', isStuck, 120_000);
    await delay(STUCK_MS);
    const ready = (await cluster.brokers()).filter(isPodReady);
    assert.equal(ready.length, 2, 'the others are left alone');
    await patch({ image: IMAGE });
    await cluster.isWhole();
    await cluster.isInSync(load.topic);
    await load.endsWell('bad image, then the good one', { gapMsMax: 2000 });
  });

  await t.test('the rights of the brokers are taken away, and given back', async () => {
    const load = await RunningLoad.start(cluster);
    await cluster.kubectl('delete', 'rolebinding', `${CLUSTER_NAME}-broker`);
    await delay(STUCK_MS);
    await load.goesOn();
    await cluster.helm('upgrade');
    await cluster.makeTopic('with-rights');
    await cluster.isWhole();
    await load.endsWell('RBAC binding removed and restored', { gapMsMax: 2000 });
  });
});
