import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBrokerId, toClusterId } from '@millrace/core/ids';
import { CachedImage } from '../../src/cluster/cachedImage.ts';
import type { MetadataImage, TopicMetadata } from '../../src/cluster/metadata.ts';
import { MetadataCache } from '../../src/cluster/metadataCache.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { ManualClock } from '../engine/manualClock.ts';
import { assignmentStatus, CLUSTER_ID, TOPIC_ID } from '../store/storedExamples.ts';

/** Rows as they are kept, and the keys of every write. */
class Rows {
  readonly kept = new Map<string, string>();
  readonly writes: string[][] = [];
  isFull = false;

  all(): Map<string, string> {
    return new Map(this.kept);
  }

  write(changes: ReadonlyMap<string, string | undefined>): void {
    if (this.isFull) throw new Error('the disk is full');
    this.writes.push([...changes.keys()]);
    for (const [key, value] of changes) {
      if (value === undefined) this.kept.delete(key);
      else this.kept.set(key, value);
    }
  }
}

function topicOf(partitions: number): TopicMetadata {
  return {
    topicId: TOPIC_ID,
    name: 't',
    replicationFactor: 1,
    config: {},
    configSet: [],
    deleted: false,
    partitions: assignmentStatus(partitions).partitions,
  };
}

function imageOf(...topics: TopicMetadata[]): MetadataImage {
  const position = { controllerEpoch: 7, seq: 3, controllerId: toBrokerId(2), featureLevel: 1 };
  return { ...position, brokers: [], topics };
}

function world(rows = new Rows(), clusterId = CLUSTER_ID) {
  const clock = new ManualClock();
  const cache = new MetadataCache();
  const image = new CachedImage({ rows, clusterId, clock, logger: silentLogger });
  const apply = (next: MetadataImage): void => {
    const change = cache.applyImage(next);
    assert.ok(change !== undefined);
    image.changed(change, cache);
    clock.pass(500);
  };
  return { clock, rows, cache, image, apply };
}

test('what was told is found again by the next boot, with a number that no delta follows', () => {
  const { rows, apply } = world();
  apply(imageOf(topicOf(250)));
  const found = world(rows).image.load();
  assert.deepEqual(found, { ...imageOf(topicOf(250)), seq: -1 });
});

test('only what has changed is written again, a little at a time', () => {
  const { rows, apply, cache } = world();
  apply(imageOf(topicOf(250)));
  assert.ok(rows.writes.every((keys) => keys.length <= 2));
  rows.writes.length = 0;
  const known = cache.topic(TOPIC_ID)?.partitions ?? [];
  const partitions = known.map((status) =>
    status.p === 120 ? { ...status, epoch: status.epoch + 1 } : status,
  );
  apply(imageOf({ ...topicOf(250), partitions }));
  const chunks = rows.writes.flat().filter((key) => key.startsWith('partitions/'));
  assert.deepEqual(chunks, [`partitions/${TOPIC_ID}/1`]);
  assert.deepEqual(world(rows).image.load()?.topics[0]?.partitions, partitions);
});

test('a topic that is gone leaves nothing', () => {
  const { rows, apply } = world();
  apply(imageOf(topicOf(250)));
  apply(imageOf());
  assert.deepEqual([...rows.kept.keys()].toSorted(), ['brokers', 'image']);
});

test('a topic of which a row is missing is left out, an image of another cluster altogether', () => {
  const { rows, apply } = world();
  apply(imageOf(topicOf(250)));
  rows.kept.delete(`partitions/${TOPIC_ID}/1`);
  assert.deepEqual(world(rows).image.load()?.topics, []);
  const other = toClusterId('5a1f0f5e-8f0e-4f5b-8d53-0b7a3c2e4d67');
  assert.equal(world(rows, other).image.load(), undefined);
});

test('what a stop finds unwritten is written', () => {
  const { rows, cache, image } = world();
  const change = cache.applyImage(imageOf(topicOf(3)));
  assert.ok(change !== undefined);
  image.changed(change, cache);
  assert.equal(rows.kept.size, 0);
  image.close();
  assert.equal(world(rows).image.load()?.topics.length, 1);
});

test('what a full disk did not take is written when there is room', () => {
  const { clock, rows, apply } = world();
  rows.isFull = true;
  apply(imageOf(topicOf(250)));
  assert.equal(rows.kept.size, 0);
  rows.isFull = false;
  clock.pass(10_000);
  assert.deepEqual(world(rows).image.load()?.topics, [topicOf(250)]);
});

test('rows that are no image are none', () => {
  const { rows, apply } = world();
  apply(imageOf(topicOf(3)));
  rows.kept.set('image', '{"format":');
  assert.equal(world(rows).image.load(), undefined);
});
