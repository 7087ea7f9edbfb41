/** A coordinator assigns on the event loop: the largest group must not take it for long. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ASSIGNORS } from '../../src/assignors/assign.ts';
import { toTopicId } from '../../src/ids.ts';

/** Of CPU, on whatever machine; ten times what it takes on a busy one. A pass over members for each partition takes more. */
const CPU_MS_MAX = 1000;

for (const [name, assignor] of Object.entries(ASSIGNORS)) {
  test(`${name} spreads ten thousand partitions of one member over a thousand in a moment`, () => {
    const topicId = toTopicId('00000000-0000-4000-8000-000000000001');
    const topics = [{ topicId, partitions: Array.from({ length: 10_000 }, (_, p) => p) }];
    const members = Array.from({ length: 1000 }, (_, at) => {
      return { memberId: `m${at}`, instanceId: undefined, topics: new Set([topicId]) };
    });
    const before = assignor(members.slice(0, 1), topics, new Map());
    const from = process.cpuUsage();
    const target = assignor(members, topics, before);
    const { user, system } = process.cpuUsage(from);
    assert.ok([...target.values()].every(({ size }) => size === 10));
    assert.ok((user + system) / 1000 < CPU_MS_MAX, `${(user + system) / 1000} ms`);
  });
}
