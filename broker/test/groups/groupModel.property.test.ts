import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { CoordinatorRule } from '../../src/coordinator/coordinatorRules.ts';
import type { GroupRule } from '../../src/groups/groupRules.ts';
import { type Action, ACTIONS, GroupModel } from './groupModel.ts';

const RUNS = Number(process.env['GROUP_RUNS'] ?? 25);

const action: fc.Arbitrary<Action> = fc.oneof(
  ...(Object.keys(ACTIONS) as Action['kind'][]).map((kind) => ({
    weight: ACTIONS[kind],
    arbitrary: fc.record({ kind: fc.constant(kind), pick: fc.nat({ max: 1000 }) }),
  })),
);

const schedule = fc.array(action, { minLength: 200, maxLength: 800, size: 'max' });

async function play(
  actions: readonly Action[],
  rulesOff: readonly CoordinatorRule[] = [],
  groupRulesOff: readonly GroupRule[] = [],
): Promise<void> {
  const model = new GroupModel(new Set(rulesOff), new Set(groupRulesOff));
  await model.run(actions);
  await model.heal();
  await model.checkHealed();
}

describe('any schedule of members, late messages, failovers and growing topics', () => {
  test('has one owner of each partition, loses no commit, and ends with everything owned', async () => {
    const property = fc.asyncProperty(schedule, (actions) => play(actions));
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  });
});

// That the barrier of rule 17 is off is noticed by groupsOverReplication.test.ts: its leaders do not know that they are deposed.
describe('the model notices when a rule is off:', () => {
  const mutations: readonly (readonly [CoordinatorRule[], GroupRule[]])[] = [
    [['loading-answers-nobody'], []],
    [[], ['one-owner']],
    [[], ['latest-confirms']],
    [[], ['commits-go-forward']],
  ];
  for (const [rules, groupRules] of mutations) {
    test([...rules, ...groupRules].join(), async (t) => {
      const property = fc.asyncProperty(schedule, (actions) => play(actions, rules, groupRules));
      const { failed, numRuns } = await fc.check(property, {
        numRuns: 150,
        seed: 1,
        endOnFailure: true,
      });
      t.diagnostic(`after ${numRuns} runs`);
      assert.ok(failed, `nothing noticed in ${numRuns} runs`);
    });
  }
});
