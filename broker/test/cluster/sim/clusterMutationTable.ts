import { AssertionError } from 'node:assert/strict';
import { controllerRules } from '../../../src/controller/controllerRules.ts';
import { coordinatorRules } from '../../../src/coordinator/coordinatorRules.ts';
import { groupRules } from '../../../src/groups/groupRules.ts';
import { logRules } from '../../../src/log/logRules.ts';
import { replicationRules } from '../../../src/replication/replicationRules.ts';
import {
  type ClusterMutation,
  clusterMutations,
  clusterSeedsMax,
  firstToNotice,
} from './clusterMutations.ts';
import type { ClusterRule } from './clusterOptions.ts';
import { clusterStories } from './stories/stories.ts';

/** Between two starts: no run of one meets a run of another. */
const startStride = 1000;

/** The cluster's tables of docs/SIMULATION.md, line by line: what it takes to notice that a rule is off, from `starts` seeds. */
export async function* clusterMutationTable(from: number, starts: number): AsyncGenerator<string> {
  const seeds = Array.from({ length: starts }, (_, at) => from + at * startStride);
  yield `| rule | clause | profile | seeds from ${from} | median | most |`;
  yield '|---|---|---|---|---|---|';
  for (const mutation of clusterMutations) yield await mutationRow(mutation, seeds);
  yield '';
  yield '| rule | clause | noticed |';
  yield '|---|---|---|';
  for (const { rule, tell } of clusterStories) {
    let noticed = 0;
    for (const seed of seeds) {
      await tell(seed, true).catch((error: unknown) => {
        if (!(error instanceof AssertionError)) throw error;
        noticed += 1;
      });
    }
    yield `${clauseOf(rule)} from ${noticed} of ${starts} seeds |`;
  }
}

/** A start from which nobody notices within the seeds of the test counts as Infinity. */
async function mutationRow(mutation: ClusterMutation, starts: readonly number[]): Promise<string> {
  const needed: number[] = [];
  for (const start of starts) {
    const noticed = await firstToNotice(mutation, start, clusterSeedsMax);
    needed.push(noticed === undefined ? Infinity : noticed.seed - start + 1);
  }
  const sorted = needed.toSorted((one, other) => one - other);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return `${clauseOf(mutation.rule)} ${mutation.profile} | ${needed[0]} | ${median} | ${sorted.at(-1)} |`;
}

/** The first two cells. */
function clauseOf(rule: ClusterRule): string {
  const clauses: Record<ClusterRule, string> = {
    ...logRules,
    ...replicationRules,
    ...controllerRules,
    ...coordinatorRules,
    ...groupRules,
  };
  const [numbers, ...clause] = clauses[rule].split(': ');
  return `| ${numbers} | \`${rule}\`: ${clause.join(': ')} |`;
}
