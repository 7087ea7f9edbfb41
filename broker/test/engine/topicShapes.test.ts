import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TopicId } from '@millrace/core/ids';
import type { TopicMetadata } from '../../src/cluster/metadata.ts';
import { TopicShapes } from '../../src/engine/topicShapes.ts';

function topic(id: string, partitions: number, deleted = false): TopicMetadata {
  return {
    topicId: id as TopicId,
    name: id,
    replicationFactor: 1,
    config: {},
    configSet: [],
    deleted,
    partitions: Array.from({ length: partitions }, () => ({}) as never),
  };
}

test('groups look again at topics that come, grow or go, not at those that get another leader', () => {
  const shapes = new TopicShapes();
  const told = (topics: TopicMetadata[], gone: TopicMetadata[] = []): boolean =>
    shapes.changed({ topics, gone });
  assert.equal(told([topic('a', 2), topic('b', 1)]), true);
  assert.equal(told([topic('a', 2)]), false);
  assert.equal(told([topic('a', 3)]), true);
  assert.equal(told([topic('b', 1, true)]), true);
  assert.equal(told([topic('b', 1, true)], [topic('b', 1, true)]), false);
  assert.equal(told([], [topic('a', 3)]), true);
});
