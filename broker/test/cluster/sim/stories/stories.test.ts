import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterStories } from './stories.ts';

const seeds = [1, 2, 3];

for (const { rule, promise, tell } of clusterStories) {
  test(promise, async () => {
    for (const seed of seeds) await tell(seed);
  });

  test(`a story notices that ${rule} is off`, async () => {
    for (const seed of seeds) {
      await assert.rejects(tell(seed, true), { name: 'AssertionError' }, `seed ${seed}`);
    }
  });
}
