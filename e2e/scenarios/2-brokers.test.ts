import test from 'node:test';
import { PODS } from '@millrace/kube/resource';
import { CLUSTER_NAME, Installation } from '@millrace/e2e/scenario/installation';
import { RunningLoad } from '@millrace/e2e/scenario/runningLoad';
import { needsOwnNodes, testNodes } from '@millrace/e2e/scenario/testNodes';

test('brokers that fail under continuous clients', async (t) => {
  const cluster = await Installation.whole(t, 'brokers');
  const { namespace, kube } = cluster;
  const kill = (broker: number): Promise<string> =>
    testNodes.signal(namespace, `${CLUSTER_NAME}-broker-${broker}`, 'broker', 'SIGKILL');

  await t.test('the leader is killed with -9', { skip: needsOwnNodes }, async () => {
    const load = await RunningLoad.start(cluster);
    const leader = await cluster.leaderOf(load.topic, 0);
    await cluster.afterRestartOf([leader], () => kill(leader));
    await load.goesOn();
    await cluster.isInSync(load.topic);
    await load.endsWell('leader killed with -9', { gapMsMax: 2000 });
  });

  await t.test('the pod of the leader is deleted', async () => {
    const load = await RunningLoad.start(cluster);
    const leader = await cluster.broker(await cluster.leaderOf(load.topic, 0));
    await kube.delete(PODS, namespace, leader.metadata.name);
    await load.goesOn();
    await cluster.isWhole();
    await cluster.isInSync(load.topic);
    await load.endsWell('pod of the leader deleted', { gapMsMax: 2000 });
  });

  await t.test('a rolling restart', async () => {
    const load = await RunningLoad.start(cluster);
    await cluster.restartsInOrder();
    await cluster.isInSync(load.topic);
    await load.endsWell('rolling restart', { gapMsMax: 500 });
  });

  await t.test('all brokers are killed with -9 at once', { skip: needsOwnNodes }, async () => {
    const load = await RunningLoad.start(cluster);
    const all = [0, 1, 2];
    await cluster.afterRestartOf(all, () => Promise.all(all.map(kill)));
    await load.goesOn();
    await cluster.isInSync(load.topic);
    // What waits longer than the delivery timeout of the clients is given up; nothing that was acknowledged is lost.
    const failedSendsMax = Number.POSITIVE_INFINITY;
    await load.endsWell('all brokers killed with -9', { gapMsMax: 30_000, failedSendsMax });
  });
});
