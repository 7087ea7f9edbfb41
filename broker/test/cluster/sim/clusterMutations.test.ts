import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllerRules } from '../../../src/controller/controllerRules.ts';
import { replicationRules } from '../../../src/replication/replicationRules.ts';
import { clusterMutations, clusterSeedsMax, firstToNotice } from './clusterMutations.ts';
import { clusterStories } from './stories/stories.ts';

for (const mutation of clusterMutations) {
  test(`the cluster's simulation notices that ${mutation.rule} is off`, async () => {
    const noticed = await firstToNotice(mutation, 1, clusterSeedsMax);
    assert.ok(noticed?.violation !== undefined, `${clusterSeedsMax} seeds do not notice`);
  });
}

test('each rule of the cluster that can be switched off is missed by random schedules or by a story', () => {
  const covered = new Set<string>([...clusterMutations, ...clusterStories].map(({ rule }) => rule));
  for (const rule of [...Object.keys(replicationRules), ...Object.keys(controllerRules)]) {
    assert.ok(covered.has(rule), `nobody notices that ${rule} is off`);
  }
  const stories = clusterStories.map(({ rule }) => rule);
  assert.equal(new Set(stories).size, stories.length, 'one story for each');
});
