// npm run sim -- --seeds 1000 --from 1 --profile crashes --rule-off cut-to-line; docs/SIMULATION.md has the rest.
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { logRules } from '../../../src/log/logRules.ts';
import { profiles } from './faultProfile.ts';
import { mutationTable } from './mutationTable.ts';
import { simulate } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    profile: { type: 'string', multiple: true, default: [...profiles] },
    'rule-off': { type: 'string', multiple: true, default: [] },
    'keep-going': { type: 'boolean', default: false },
    trace: { type: 'string' },
    lines: { type: 'string', default: '60' },
    mutations: { type: 'string' },
  },
});

const from = count('from', values.from);
if (values.mutations === undefined) await run();
else {
  const starts = count('mutations', values.mutations);
  for await (const line of mutationTable(from, starts)) console.log(line);
}

async function run(): Promise<void> {
  const seeds = count('seeds', values.seeds);
  const lines = count('lines', values.lines);
  const used = values.profile.map((name) => oneOf(profiles, name));
  const rules = Object.keys(logRules) as (keyof typeof logRules)[];
  const rulesOff = new Set(values['rule-off'].map((name) => oneOf(rules, name)));
  const trace = values.trace === undefined ? undefined : new RegExp(values.trace);
  const startMs = performance.now();
  const total = { runs: 0, boots: 0, recoveries: 0, failed: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    for (const profile of used) {
      const result = await simulate({ seed, profile, rulesOff, trace });
      const { violation } = result;
      total.runs += 1;
      total.boots += result.boots;
      total.recoveries += result.recoveries;
      if (violation === undefined) continue;
      total.failed += 1;
      const what = violation.stack ?? violation.message;
      console.log(`seed ${seed}, ${profile}: ${values['keep-going'] ? what.split('\n')[0] : what}`);
      if (values['keep-going']) continue;
      console.log(result.transcript.slice(-lines).join('\n'));
      break;
    }
    if (total.failed > 0 && !values['keep-going']) break;
  }
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const { runs, boots, recoveries, failed } = total;
  console.log(
    `${runs} runs, ${boots} boots, ${recoveries} recoveries checked in ${seconds} s: ${failed} failed`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

function count(flag: string, value: string): number {
  assert.match(value, /^[1-9]\d{0,14}$/, `--${flag} ${value}: a whole number from 1 on`);
  return Number(value);
}

function oneOf<Name extends string>(names: readonly Name[], wanted: string): Name {
  const name = names.find((one) => one === wanted);
  assert.ok(name !== undefined, `${wanted} is none of ${names.join(', ')}`);
  return name;
}
