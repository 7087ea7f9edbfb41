/** Lag of groups on three brokers: any of them tells all of it, in pages, and what a dead one led is unknown, not 0. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { GroupLag } from '@millrace/client/groupDescription';
import { Millrace } from '@millrace/client/millrace';
import { ThreeBrokers, until } from '../../../client/test/threeBrokers.ts';

const GROUPS = ['a', 'b', 'c', 'd', 'e'];
const PARTITIONS = 6;

function shape(groups: readonly GroupLag[]) {
  return groups.map(({ group, records, partitionsUnknown, partitionLags }) => {
    return [group, records, partitionsUnknown, partitionLags.map(({ partition }) => partition)];
  });
}

test('lag is the same from every broker, and unknown where the leader is gone', async (t) => {
  const cluster = await ThreeBrokers.start(t, { MILLRACE_GROUP_LAG_MS: '500' });
  const { admin, groupAdmin } = cluster.client;
  const topic = { name: 'spread', partitions: PARTITIONS, replicationFactor: 1 };
  const { topicId } = (await admin.createTopic(topic)).topic;
  const producer = cluster.client.producer();
  for (let at = 0; at < 60; at++) {
    await producer.send({ topic: 'spread', partition: at % PARTITIONS, value: 'v' });
  }
  await producer.close();
  const offsets = Array.from({ length: PARTITIONS }, (_, partition) => {
    return { topicId, partition, offset: partition };
  });
  for (const group of GROUPS) {
    await until(async () => {
      await groupAdmin.resetOffsets(group, offsets);
      return true;
    }, `the coordinator of ${group} is there`);
  }

  const all = [0, 1, 2, 3, 4, 5];
  const expected = GROUPS.map((group) => [group, 45, 0, all]);
  for (const { server } of cluster.brokers) {
    const client = new Millrace({ server });
    try {
      assert.deepEqual(shape(await client.groupAdmin.describeLag()), expected);
      const pages: (readonly GroupLag[])[] = [];
      for await (const page of client.groupAdmin.lagPages({ pageSize: 4 })) pages.push(page);
      const rows = pages.map((page) => page.flatMap(({ partitionLags }) => partitionLags).length);
      assert.deepEqual(rows, [4, 4, 4, 4, 4, 4, 4, 2]);
      assert.deepEqual(shape(await client.groupAdmin.describeLag({ pageSize: 4 })), expected);
      const named = await client.groupAdmin.describeLag({ groups: ['e', 'none', 'a'] });
      assert.deepEqual(
        named.map(({ group, error }) => [group, error?.code]),
        [
          ['a', undefined],
          ['e', undefined],
          ['none', 'UNKNOWN_GROUP'],
        ],
      );
    } finally {
      await client.close();
    }
  }

  const led = (await admin.describeTopic('spread')).partitionDetails
    .filter(({ leader }) => leader === 2)
    .map(({ partition }) => partition);
  assert.ok(led.length > 0);
  await cluster.broker(2).kill();
  await until(async () => {
    const groups = await groupAdmin.describeLag({ groups: GROUPS });
    return groups.every(({ partitionsUnknown }) => partitionsUnknown === led.length);
  }, 'every group is coordinated again, and its lag is measured');
  for (const { records, verdict, partitionLags } of await groupAdmin.describeLag()) {
    const dark = partitionLags.filter((row) => led.includes(row.partition));
    assert.ok(dark.every((row) => row.records === undefined && row.verdict === 'UNKNOWN'));
    assert.ok(dark.every(({ error, lagMs }) => error !== undefined && lagMs === undefined));
    assert.equal(records, 45 - led.reduce((sum, partition) => sum + 10 - partition, 0));
    assert.notEqual(verdict, 'OK');
  }
  await until(async () => {
    const texts = await Promise.all(
      [0, 1].map(async (id) => {
        const { http } = cluster.broker(id).ports;
        return (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
      }),
    );
    const text = texts.join('\n');
    const unknown = `unknown_partitions{group="a",topic="spread"} ${led.length}\n`;
    return text.includes(unknown) && !text.includes('lag_records{group="a"');
  }, 'metrics have no sum that lacks partitions');
});
