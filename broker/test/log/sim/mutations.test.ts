import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logRules } from '../../../src/log/logRules.ts';
import { crashStories } from './crashStories.ts';
import { firstToNotice, mutations, seedsMax } from './mutations.ts';

for (const mutation of mutations) {
  test(`the simulation notices that ${mutation.rule} is off`, async () => {
    const noticed = await firstToNotice(mutation, mutation.seed, seedsMax);
    assert.ok(noticed?.violation !== undefined, `${seedsMax} seeds do not notice`);
  });
}

test('each rule that can be switched off is missed by random schedules or by a story', () => {
  const covered = [...mutations, ...crashStories].map(({ rule }) => rule);
  assert.deepEqual(covered.toSorted(), Object.keys(logRules).toSorted());
});
