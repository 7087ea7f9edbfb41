import test from 'node:test';
import { PODS } from '@millrace/kube/resource';
import { Installation } from '@millrace/e2e/scenario/installation';
import { RunningLoad } from '@millrace/e2e/scenario/runningLoad';
import { needsOwnNodes, testNodes } from '@millrace/e2e/scenario/testNodes';

test('brokers that fail under continuous clients', async (t) => {
  const cluster = await Installation.whole(t, 'brokers');
  const { namespace, kube } = cluster;

  await t.test('the leader is killed with -9', { skip: needsOwnNodes }, async () => {
    const load = await RunningLoad.start(cluster);
    const leader = await cluster.broker(await cluster.leaderOf('events', 0));
    await testNodes.signal(namespace, leader.metadata.name, 'broker', 'SIGKILL');
    await load.goesOn();
    await cluster.isWhole();
    await cluster.isInSync('events');
    await load.endsWell('leader killed with -9', { gapMsMax: 2000 });
  });

  await t.test('the pod of the leader is deleted', async () => {
    const load = await RunningLoad.start(cluster);
    const leader = await cluster.broker(await cluster.leaderOf('events', 0));
    await kube.delete(PODS, namespace, leader.metadata.name);
    await load.goesOn();
    await cluster.isWhole();
    await cluster.isInSync('events');
    await load.endsWell('pod of the leader deleted', { gapMsMax: 2000 });
  });

  await t.test('a rolling restart', async () => {
    const load = await RunningLoad.start(cluster);
    await cluster.restartsInOrder();
    await cluster.isInSync('events');
    await load.endsWell('rolling restart', { gapMsMax: 500 });
  });

  await t.test('all brokers are killed with -9 at once', { skip: needsOwnNodes }, async () => {
    const load = await RunningLoad.start(cluster);
    const brokers = await cluster.brokers();
    await Promise.all(
      brokers.map(({ metadata }) =>
        testNodes.signal(namespace, metadata.name, 'broker', 'SIGKILL'),
      ),
    );
    await load.goesOn();
    await cluster.isWhole();
    await cluster.isInSync('events');
    await load.endsWell('all brokers killed with -9', { gapMsMax: 30_000 });
  });
});
