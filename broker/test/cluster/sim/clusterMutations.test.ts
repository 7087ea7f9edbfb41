import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterMutations, clusterSeedsMax, firstToNotice } from './clusterMutations.ts';

// Those that the first seeds notice; MILLRACE_SIM_MUTATIONS=1 takes all.
const takesAll = process.env['MILLRACE_SIM_MUTATIONS'] === '1';

for (const mutation of clusterMutations) {
  const skip = !takesAll && mutation.isRare === true;
  test(`the cluster's simulation notices that ${mutation.rule} is off`, { skip }, async () => {
    const noticed = await firstToNotice(mutation, 1, clusterSeedsMax);
    assert.ok(noticed?.violation !== undefined, `${clusterSeedsMax} seeds do not notice`);
  });
}
