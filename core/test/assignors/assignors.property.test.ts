import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ASSIGNORS, type AssignorName } from '../../src/assignors/assign.ts';
import type { Assignment } from '../../src/assignors/assignor.ts';
import { topicOf } from '../../src/assignors/partitionRef.ts';
import {
  counts,
  equalWorld,
  members,
  mixedWorld,
  ownedOnce,
  spreadOf,
  topic,
  wanted,
} from './world.ts';

const NAMES = Object.keys(ASSIGNORS) as AssignorName[];
const NOTHING: Assignment = new Map();

function plain(target: Assignment): Record<string, string[]> {
  return Object.fromEntries([...target].map(([id, refs]) => [id, [...refs].sort()]));
}

for (const name of NAMES) {
  const assignor = ASSIGNORS[name];
  describe(`the assignor ${name}`, () => {
    test('gives every partition that somebody subscribes to exactly one owner, who subscribes', () => {
      const property = fc.property(mixedWorld, mixedWorld, (before, now) => {
        const previous = assignor(before.group, before.topics, NOTHING);
        const target = assignor(now.group, now.topics, previous);
        const owners = ownedOnce(target, now.group);
        assert.deepEqual([...owners.keys()].sort(), wanted(now.topics, now.group));
        assert.equal(target.size, now.group.length);
      });
      fc.assert(property);
    });

    test('answers the same whatever the order of members, topics and partitions', () => {
      const property = fc.property(mixedWorld, mixedWorld, (before, now) => {
        const previous = assignor(before.group, before.topics, NOTHING);
        const turned = new Map(
          [...previous].reverse().map(([id, refs]) => [id, new Set([...refs].reverse())]),
        );
        const topics = [...now.topics]
          .reverse()
          .map((one) => ({ ...one, partitions: [...one.partitions].reverse() }));
        assert.deepEqual(
          plain(assignor(now.group, now.topics, previous)),
          plain(assignor([...now.group].reverse(), topics, turned)),
        );
      });
      fc.assert(property);
    });

    test('shares 12 partitions as people expect: 12; 3 each; 1 each; 12 work and 3 wait', () => {
      const topics = [topic(1, 12)];
      const shares = [1, 4, 12, 15].map((size) =>
        counts(assignor(members(size, topics), topics, NOTHING)).sort((a, b) => b - a),
      );
      assert.deepEqual(shares, [
        [12],
        [3, 3, 3, 3],
        Array.from({ length: 12 }, () => 1),
        [...Array.from({ length: 12 }, () => 1), 0, 0, 0],
      ]);
    });

    test('moves nothing if nothing has changed', () => {
      const property = fc.property(mixedWorld, ({ group, topics }) => {
        const first = assignor(group, topics, NOTHING);
        assert.deepEqual(plain(assignor(group, topics, first)), plain(first));
      });
      fc.assert(property);
    });
  });
}

describe('balance', () => {
  for (const name of ['uniform', 'sticky'] as const) {
    test(`with equal subscriptions ${name} gives nobody two more than another, whatever was before`, () => {
      const property = fc.property(mixedWorld, equalWorld, (before, { group, topics }) => {
        const previous = ASSIGNORS[name](before.group, before.topics, NOTHING);
        assert.ok(spreadOf(counts(ASSIGNORS[name](group, topics, previous))) <= 1);
      });
      fc.assert(property);
    });
  }

  test('uniform spreads each topic by itself too', () => {
    const property = fc.property(mixedWorld, equalWorld, (before, { group, topics }) => {
      const previous = ASSIGNORS.uniform(before.group, before.topics, NOTHING);
      const target = ASSIGNORS.uniform(group, topics, previous);
      for (const { topicId } of topics) {
        const sizes = [...target.values()].map(
          (refs) => [...refs].filter((ref) => topicOf(ref) === topicId).length,
        );
        assert.ok(spreadOf(sizes) <= 1);
      }
    });
    fc.assert(property);
  });

  test('sticky leaves nobody two ahead of a member that could take one of theirs', () => {
    const property = fc.property(mixedWorld, mixedWorld, (before, { group, topics }) => {
      const previous = ASSIGNORS.sticky(before.group, before.topics, NOTHING);
      const target = ASSIGNORS.sticky(group, topics, previous);
      for (const refs of target.values()) {
        for (const ref of refs) {
          for (const member of group) {
            if (!member.topics.has(topicOf(ref))) continue;
            assert.ok((target.get(member.memberId)?.size ?? 0) >= refs.size - 1);
          }
        }
      }
    });
    fc.assert(property);
  });

  test('range cuts topics of equal size alike', () => {
    const topics = [topic(1, 7), topic(2, 7)];
    const target = ASSIGNORS.range(members(3, topics), topics);
    for (const refs of target.values()) {
      const partitions = (index: number): string[] =>
        [...refs].filter((ref) => topicOf(ref) === topics[index]?.topicId).map((r) => r.slice(37));
      assert.deepEqual(partitions(0), partitions(1));
    }
  });
});

describe('stickiness', () => {
  test('with equal subscriptions sticky moves as few partitions as balance allows', () => {
    const property = fc.property(equalWorld, fc.integer({ min: 1, max: 16 }), (world, size) => {
      const before = ASSIGNORS.sticky(world.group, world.topics, NOTHING);
      const now = members(size, world.topics);
      const after = ASSIGNORS.sticky(now, world.topics, before);
      const kept = [...after].reduce(
        (sum, [id, refs]) => sum + [...refs].filter((ref) => before.get(id)?.has(ref)).length,
        0,
      );
      assert.equal(
        kept,
        mostKept(
          before,
          now.map(({ memberId }) => memberId),
        ),
      );
    });
    fc.assert(property);
  });

  test('uniform moves only what a member that leaves had, and what the new one gets', () => {
    const topics = [topic(1, 12)];
    const four = ASSIGNORS.uniform(members(4, topics), topics, NOTHING);
    const three = ASSIGNORS.uniform(members(3, topics), topics, four);
    for (const [id, refs] of three) {
      for (const ref of four.get(id) ?? []) assert.ok(refs.has(ref), `${id} lost ${ref}`);
    }
    const again = ASSIGNORS.uniform(members(4, topics), topics, three);
    const moved = [...again].flatMap(([id, refs]) =>
      [...refs].filter((ref) => three.get(id)?.has(ref) !== true),
    );
    assert.equal(moved.length, 3);
  });
});

/** By counting: of n partitions over k members, n mod k may keep one more than the rest. */
function mostKept(before: Assignment, now: readonly string[]): number {
  const total = counts(before).reduce((sum, size) => sum + size, 0);
  const share = Math.floor(total / now.length);
  let larger = total % now.length;
  let kept = 0;
  for (const id of now) {
    const had = before.get(id)?.size ?? 0;
    if (had > share && larger > 0) {
      larger -= 1;
      kept += share + 1;
    } else kept += Math.min(had, share);
  }
  return kept;
}
