import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profiles } from './faultProfile.ts';
import { simulate } from './simulation.ts';

// MILLRACE_SIM_SEED replays one seed, or begins there if MILLRACE_SIM_SEEDS says how many.
const only = process.env['MILLRACE_SIM_SEED'];
const seeds = Number(process.env['MILLRACE_SIM_SEEDS'] ?? (only === undefined ? 8 : 1));
const from = Number(only ?? 1);

for (const profile of profiles) {
  test(`the log keeps its promises through ${profile}`, async () => {
    for (let seed = from; seed < from + seeds; seed++) {
      const { violation, transcript } = await simulate({ seed, profile });
      if (violation === undefined) continue;
      violation.message +=
        `\nseed ${seed}: npm run sim -- --profile ${profile} --from ${seed} --seeds 1\n` +
        transcript.slice(-30).join('\n');
      throw violation;
    }
  });
}

test('equal seeds run equally', async () => {
  for (const profile of profiles) {
    const first = await simulate({ seed: 7, profile });
    const second = await simulate({ seed: 7, profile });
    assert.equal(first.traceHash, second.traceHash);
    assert.equal(first.recoveries, second.recoveries);
  }
});
