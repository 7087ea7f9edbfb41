import { AssertionError } from 'node:assert/strict';
import { type LogRule, logRules } from '../../../src/log/logRules.ts';
import { crashStories } from './crashStories.ts';
import { firstToNotice, type Mutation, mutations, seedsMax } from './mutations.ts';

/** Between two starts: no run of one meets a run of another. */
const startStride = 1000;

/** The tables of docs/SIMULATION.md, line by line: what it takes to notice that a rule is off, from `starts` seeds. */
export async function* mutationTable(from: number, starts: number): AsyncGenerator<string> {
  const seeds = Array.from({ length: starts }, (_, at) => from + at * startStride);
  yield `| rule | clause | profile | seeds from ${from} | median | most |`;
  yield '|---|---|---|---|---|---|';
  for (const mutation of mutations) yield await mutationRow(mutation, seeds);
  yield '';
  yield '| rule | clause | noticed |';
  yield '|---|---|---|';
  for (const { rule, tell } of crashStories) {
    let noticed = 0;
    for (const seed of seeds) {
      await tell(new Set([rule]), seed).catch((error: unknown) => {
        if (!(error instanceof AssertionError)) throw error;
        noticed += 1;
      });
    }
    yield `${clauseOf(rule)} from ${noticed} of ${starts} seeds |`;
  }
}

/** A start from which nobody notices within the seeds of the test counts as Infinity. */
async function mutationRow(mutation: Mutation, starts: readonly number[]): Promise<string> {
  const needed: number[] = [];
  for (const start of starts) {
    const noticed = await firstToNotice(mutation, start, seedsMax);
    needed.push(noticed === undefined ? Infinity : noticed.seed - start + 1);
  }
  const sorted = needed.toSorted((one, other) => one - other);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return `${clauseOf(mutation.rule)} ${mutation.profile} | ${needed[0]} | ${median} | ${sorted.at(-1)} |`;
}

/** The first two cells. */
function clauseOf(rule: LogRule): string {
  const [numbers, ...clause] = logRules[rule].split(': ');
  return `| ${numbers} | \`${rule}\`: ${clause.join(': ')} |`;
}
