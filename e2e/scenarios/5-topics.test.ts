import assert from 'node:assert/strict';
import test from 'node:test';
import { note } from '@millrace/e2e/report/scenarioNote';
import { assertWithin } from '@millrace/e2e/report/timeLimit';
import { becomesTrue, eventually } from '@millrace/e2e/scenario/eventually';
import { Installation } from '@millrace/e2e/scenario/installation';
import {
  ASSIGNMENTS,
  type Conditioned,
  conditionOf,
  isReady,
  TOPICS,
} from '@millrace/e2e/scenario/millraceObjects';

test('topics', async (t) => {
  const cluster = await Installation.whole(t, 'topics');
  const { namespace, kube } = cluster;
  const idOf = async (name: string): Promise<string> =>
    eventually('a topicId', async () => (await cluster.topic(name))?.status?.topicId, 10_000);
  const isGone = async (topicId: string): Promise<boolean> => {
    const { items } = await kube.list(ASSIGNMENTS, namespace);
    return !items.some(({ metadata }) => metadata.name.startsWith(topicId));
  };

  await t.test('created, deleted and created again is another topic', async () => {
    await cluster.makeTopic('again', { partitions: 2 });
    const first = await idOf('again');
    await kube.delete(TOPICS, namespace, 'again');
    await cluster.makeTopic('again', { partitions: 2 });
    assert.notEqual(await idOf('again'), first);
    await becomesTrue('the first one is gone', () => isGone(first), 120_000);
  });

  await t.test('deleted with Retain, its records are there when it is made again', async () => {
    await cluster.makeTopic('kept', { deletionPolicy: 'Retain' });
    const first = await idOf('kept');
    await cluster.produce('kept', ['one', 'two', 'three']);
    await kube.delete(TOPICS, namespace, 'kept');
    await becomesTrue(
      'the resource is gone',
      async () => (await cluster.topic('kept')) === undefined,
      10_000,
    );
    await cluster.makeTopic('kept', { deletionPolicy: 'Retain' });
    assert.equal(await idOf('kept'), first);
    assert.deepEqual(new Set(await cluster.consume('kept')), new Set(['one', 'two', 'three']));
  });

  await t.test('more replicas than brokers is a condition that says what to do', async () => {
    await cluster.applyTopic('wide', { replicationFactor: 5 });
    const condition = await eventually(
      'a condition',
      async () => {
        const topic = await cluster.topic('wide');
        const ready = topic === undefined ? undefined : conditionOf(topic, 'Ready');
        return ready?.status === 'False' ? ready : undefined;
      },
      20_000,
    );
    assert.match(condition.message, /broker/);
  });

  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['no partitions', { partitions: 0 }],
    ['a million partitions', { partitions: 1_000_000 }],
    ['a wrong name', { topicName: 'with space' }],
    ['min ISR above RF', { replicationFactor: 2, config: { minInsyncReplicas: 3 } }],
    ['an unknown key', { config: { retentionHours: 3 } }],
  ];
  for (const [what, spec] of refused) {
    await t.test(`${what} is refused when it is applied`, async () => {
      await assert.rejects(cluster.applyTopic('bad', spec), /invalid|Invalid/);
    });
  }

  await t.test('two resources for one topic: the oldest has it, the other says so', async () => {
    await cluster.makeTopic('original', { topicName: 'one' });
    await cluster.applyTopic('second', { topicName: 'one' });
    await becomesTrue(
      'the second is in conflict',
      async () => {
        const second = await cluster.topic('second');
        return second !== undefined && conditionOf(second, 'Ready')?.reason === 'ResourceConflict';
      },
      20_000,
    );
    assert.ok(isReady(await cluster.topic('original')));
  });

  await t.test('a hundred topics at once are ready within 10 s', async () => {
    const startMs = performance.now();
    await Promise.all(
      Array.from({ length: 100 }, (_, number) =>
        cluster.applyTopic(`many-${number}`, { partitions: 1 }),
      ),
    );
    const areReady = async (): Promise<boolean> => {
      const { items } = await kube.list<Conditioned>(TOPICS, namespace);
      return items.filter(({ metadata }) => metadata.name.startsWith('many-')).every(isReady);
    };
    await becomesTrue('all are ready', areReady, 60_000);
    const tookMs = performance.now() - startMs;
    note({ scenario: '100 topics at once', timesMs: { 'all ready': tookMs } });
    assertWithin('100 topics at once', tookMs, 10_000);
  });

  await t.test('a namespace that is deleted with all in it is gone within 60 s', async () => {
    const tookMs = await cluster.remove();
    note({ scenario: 'namespace deleted', timesMs: { gone: tookMs } });
    assertWithin('the namespace is gone', tookMs, 60_000);
  });
});
