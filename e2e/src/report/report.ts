/** docs/e2e: what the scenarios of one run measured. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { table } from '@millrace/chaos/report/markdown';
import { commitOf, machine } from '@millrace/chaos/report/summary';
import { REPOSITORY } from '../scenario/program.ts';
import { NOTES, type ScenarioNote } from './scenarioNote.ts';

export interface RunFacts {
  /** All scenarios were asked for: only such a run is written to docs/. */
  readonly isWhole: boolean;
  readonly seconds: number;
}

export function writeReport(results: string, { isWhole, seconds }: RunFacts): void {
  const file = path.join(results, NOTES);
  if (!existsSync(file)) return;
  const lines = readFileSync(file, 'utf8').split('\n');
  const notes = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ScenarioNote);
  const text = inWords(notes, seconds);
  const folder = isWhole ? path.join(REPOSITORY, 'docs/e2e') : results;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'README.md'), text);
  process.stdout.write(text);
}

function inWords(notes: readonly ScenarioNote[], seconds: number): string {
  const loads = notes.filter(({ acknowledged }) => acknowledged !== undefined);
  const times = notes.flatMap(({ scenario, timesMs = {} }) =>
    Object.entries(timesMs).map(([of, ms]) => [scenario, of, Math.round(ms)]),
  );
  return `${[
    '# Scenarios on a real Kubernetes',
    'Written by `npm run e2e`; do not edit.',
    `Commit ${commitOf(REPOSITORY)}, ${new Date().toISOString()}, ${machine()}; ${Math.round(seconds)} s.`,
    'The gap is the longest time that one partition went without an acknowledgement, of 500 records/s to three partitions ' +
      'with three replicas, from the fault on. Wrong counts the checkers that found something: lost, unseen, doubled, ' +
      'reordered records and the rest of [chaos](../chaos/README.md).',
    process.env.E2E_LIMITS === 'note'
      ? `The machine did much else meanwhile (load ${os.loadavg()[0]?.toFixed(0)}): times were written down, not judged.`
      : '',
    table(
      ['scenario', 'acknowledged', 'failed sends', 'longest gap, ms', 'allowed, ms', 'wrong'],
      loads.map(({ scenario, acknowledged, failed, longestGapMs, gapMsMax, wrong }) => [
        scenario,
        acknowledged ?? 0,
        failed ?? 0,
        longestGapMs ?? 0,
        gapMsMax ?? 0,
        wrong ?? 0,
      ]),
    ),
    times.length === 0 ? '' : table(['scenario', 'time of', 'ms'], times),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}
