import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterProfiles } from './clusterOptions.ts';
import { simulateCluster } from './clusterSimulation.ts';

// MILLRACE_SIM_SEED replays one seed, or begins there if MILLRACE_SIM_SEEDS says how many.
const only = process.env['MILLRACE_SIM_SEED'];
const seeds = Number(process.env['MILLRACE_SIM_SEEDS'] ?? (only === undefined ? 3 : 1));
const from = Number(only ?? 1);

for (const profile of clusterProfiles) {
  test(`the cluster keeps its promises through ${profile}`, async () => {
    for (let seed = from; seed < from + seeds; seed++) {
      const { violation, transcript } = await simulateCluster({ seed, profile });
      if (violation === undefined) continue;
      violation.message +=
        `\nseed ${seed}: npm run sim -- --cluster --profile ${profile} --from ${seed} --seeds 1\n` +
        transcript.slice(-30).join('\n');
      throw violation;
    }
  });
}

test('equal seeds run equally', async () => {
  for (const profile of ['failovers', 'mixed'] as const) {
    const first = await simulateCluster({ seed: 7, profile });
    const second = await simulateCluster({ seed: 7, profile });
    assert.equal(first.traceHash, second.traceHash);
    assert.equal(first.acknowledged, second.acknowledged);
  }
});
