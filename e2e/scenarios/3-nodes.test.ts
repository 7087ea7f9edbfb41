import assert from 'node:assert/strict';
import test from 'node:test';
import { eventually } from '@millrace/e2e/scenario/eventually';
import { Installation } from '@millrace/e2e/scenario/installation';
import { isPodReady } from '@millrace/e2e/scenario/millraceObjects';
import { RunningLoad } from '@millrace/e2e/scenario/runningLoad';
import { needsOwnNodes, testNodes } from '@millrace/e2e/scenario/testNodes';

const SESSION_TIMEOUT_MS = 9000;

test('nodes that go, under continuous clients', async (t) => {
  const cluster = await Installation.whole(t, 'nodes');
  const nodeOf = async (broker: number): Promise<string> => {
    const name = (await cluster.broker(broker)).spec.nodeName;
    assert.ok(name !== undefined);
    return name;
  };

  await t.test('a node is drained, and comes back', async () => {
    const node = await nodeOf(1);
    const load = await RunningLoad.start(cluster, { node: await nodeOf(0) });
    const options = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s'];
    await cluster.kubectl(
      'drain',
      node,
      ...options,
      '--pod-selector=app.kubernetes.io/name=millrace',
    );
    await load.goesOn();
    await cluster.kubectl('uncordon', node);
    await cluster.isWhole();
    await cluster.isInSync(load.topic);
    await load.endsWell('node drained', { gapMsMax: 2000 });
  });

  await t.test('a node is killed, and boots again', { skip: needsOwnNodes }, async () => {
    const load = await RunningLoad.start(cluster, { node: await nodeOf(0) });
    // It leads some partition, as each broker does.
    const broker = 1;
    const node = await nodeOf(broker);
    await testNodes.killNode(node);
    await load.goesOn();
    await testNodes.bootNode(node);
    await eventually(
      'the broker is back',
      async () => (isPodReady(await cluster.broker(broker)) ? true : undefined),
      180_000,
    );
    await cluster.isInSync(load.topic);
    await load.endsWell('node killed', { gapMsMax: SESSION_TIMEOUT_MS + 1000 });
  });
});
