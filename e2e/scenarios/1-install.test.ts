import assert from 'node:assert/strict';
import test from 'node:test';
import { note } from '@millrace/e2e/report/scenarioNote';
import { assertWithin } from '@millrace/e2e/report/timeLimit';
import { CLUSTER_NAME, Installation } from '@millrace/e2e/scenario/installation';
import { run } from '@millrace/e2e/scenario/program';

const FIRST_RECORD_MS_MAX = 30_000;
const TOPIC_READY_MS_MAX = 1000;

test('helm install gives three ready brokers and an acknowledged record within 30 s', async (t) => {
  const startMs = performance.now();
  const cluster = await Installation.whole(t, 'install');
  const readyMs = performance.now() - startMs;
  const topicMs = await cluster.makeTopic('hello');
  await cluster.produce('hello', ['first record']);
  const recordMs = performance.now() - startMs;
  note({
    scenario: 'helm install',
    timesMs: {
      'three ready brokers': readyMs,
      'Topic applied to Ready': topicMs,
      'acknowledged record': recordMs,
    },
  });
  assertWithin('acknowledged record', recordMs, FIRST_RECORD_MS_MAX);
  assertWithin('Topic applied to Ready', topicMs, TOPIC_READY_MS_MAX);

  await t.test('what NOTES.txt says can be typed as it stands', async () => {
    assert.match(cluster.notes, /millrace produce hello/);
    assert.deepEqual(await cluster.consume('hello'), ['first record']);
  });

  await t.test('helm test passes', async () => {
    await run('helm', ['test', CLUSTER_NAME, '--namespace', cluster.namespace]);
  });

  await t.test('an upgrade that changes nothing of the brokers restarts none', async () => {
    const before = (await cluster.brokers()).map(({ metadata }) => metadata.uid);
    await cluster.helm('upgrade', { 'operator.logLevel': 'debug' });
    await cluster.kubectl('rollout', 'status', 'deployment/millrace-operator', '--timeout=60s');
    await cluster.isWhole();
    const after = (await cluster.brokers()).map(({ metadata }) => metadata.uid);
    assert.deepEqual(after, before);
  });
});
