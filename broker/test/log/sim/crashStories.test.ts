import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashStories } from './crashStories.ts';

const seed = 1;

for (const { rule, promise, tell } of crashStories) {
  test(promise, async () => {
    await tell(new Set(), seed);
  });

  test(`a story of crashes notices that ${rule} is off`, async () => {
    await assert.rejects(tell(new Set([rule]), seed), { name: 'AssertionError' });
  });
}
