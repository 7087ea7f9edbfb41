// npm run sim -- --seeds 1000 --from 1 --profile crashes --rule-off cut-to-line
import { parseArgs } from 'node:util';
import type { LogRule } from '../../../src/log/logRules.ts';
import { type ProfileName, profiles } from './faultProfile.ts';
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
  },
});

const rulesOff = new Set(values['rule-off'] as LogRule[]);
const trace = values.trace === undefined ? undefined : new RegExp(values.trace);
const from = Number(values.from);
const startMs = performance.now();
let failed = 0;
let boots = 0;
let recoveries = 0;
let runs = 0;
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  for (const profile of values.profile as ProfileName[]) {
    const result = await simulate({ seed, profile, rulesOff, trace });
    runs += 1;
    boots += result.boots;
    recoveries += result.recoveries;
    if (result.violation === undefined) continue;
    failed += 1;
    const { violation } = result;
    const what = violation?.stack ?? violation?.message ?? '';
    console.log(`seed ${seed}, ${profile}: ${values['keep-going'] ? what.split('\n')[0] : what}`);
    if (values['keep-going']) continue;
    console.log(result.transcript.slice(-Number(values.lines)).join('\n'));
    break;
  }
  if (failed > 0 && !values['keep-going']) break;
}
const seconds = (performance.now() - startMs) / 1000;
console.log(
  `${runs} runs, ${boots} boots, ${recoveries} recoveries checked in ${seconds.toFixed(1)} s: ${failed} failed`,
);
process.exitCode = failed === 0 ? 0 : 1;
