// npm run sim -- --cluster --seeds 1000 --from 1 --profile crashes --rule-off unheard-member-blocks
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { clusterMutationTable } from './clusterMutationTable.ts';
import { type ClusterRule, clusterProfiles } from './clusterOptions.ts';
import { simulateCluster } from './clusterSimulation.ts';

const { values } = parseArgs({
  options: {
    cluster: { type: 'boolean', default: true },
    seeds: { type: 'string', default: '20' },
    /** As many seeds as fit, instead. */
    minutes: { type: 'string' },
    from: { type: 'string', default: '1' },
    profile: { type: 'string', multiple: true, default: [...clusterProfiles] },
    'rule-off': { type: 'string', multiple: true, default: [] },
    'keep-going': { type: 'boolean', default: false },
    trace: { type: 'string' },
    lines: { type: 'string', default: '80' },
    /** The tables of docs/SIMULATION.md from so many starts, instead. */
    mutations: { type: 'string' },
  },
});

// Production code makes many errors that nobody looks at.
Error.stackTraceLimit = values['keep-going'] ? 0 : 10;
if (values.mutations === undefined) await run();
else {
  const starts = Number(values.mutations);
  for await (const line of clusterMutationTable(Number(values.from), starts)) console.log(line);
}

async function run(): Promise<void> {
  const from = Number(values.from);
  const profiles = values.profile.map((name) => oneOf(clusterProfiles, name));
  const rulesOff = new Set(values['rule-off'] as ClusterRule[]);
  const trace = values.trace === undefined ? undefined : new RegExp(values.trace);
  const startMs = performance.now();
  const endMs = values.minutes === undefined ? Infinity : startMs + Number(values.minutes) * 60_000;
  const last = values.minutes === undefined ? from + Number(values.seeds) - 1 : Infinity;
  const total = { runs: 0, boots: 0, acknowledged: 0, observed: 0, seconds: 0, failed: 0 };
  let seed = from;
  for (; seed <= last && performance.now() < endMs; seed++) {
    for (const profile of profiles) {
      const result = await simulateCluster({ seed, profile, rulesOff, trace });
      total.runs += 1;
      total.boots += result.boots;
      total.acknowledged += result.acknowledged;
      total.observed += result.observed;
      total.seconds += result.seconds;
      if (result.violation === undefined) continue;
      total.failed += 1;
      const what = result.violation.stack ?? result.violation.message;
      const isShort = values['keep-going'];
      console.log(`seed ${seed}, ${profile}: ${isShort ? what.split('\n')[0] : what}`);
      if (isShort) continue;
      console.log(result.transcript.slice(-Number(values.lines)).join('\n'));
      break;
    }
    if (total.failed > 0 && !values['keep-going']) break;
  }
  const { runs, boots, acknowledged, observed, seconds, failed } = total;
  console.log(
    `seeds ${from} to ${seed - 1}: ${runs} runs, ${boots} boots, ${acknowledged} records acknowledged, ${observed} read, ` +
      `${seconds.toFixed(0)} virtual s in ${((performance.now() - startMs) / 1000).toFixed(1)} s: ${failed} failed`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

function oneOf<Name extends string>(names: readonly Name[], wanted: string): Name {
  const name = names.find((one) => one === wanted);
  assert.ok(name !== undefined, `${wanted} is none of ${names.join(', ')}`);
  return name;
}
