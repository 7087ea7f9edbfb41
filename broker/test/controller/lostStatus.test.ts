import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Chunk, type StoredAssignment } from '../../src/controller/chunk.ts';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import { firstStep } from '../../src/controller/firstLeader.ts';
import { assignmentSpec, TOPIC_ID } from '../store/storedExamples.ts';
import { live, view } from './partitionCases.ts';

const object: StoredAssignment = {
  kind: 'PartitionAssignment',
  name: `${TOPIC_ID}-0`,
  version: 9,
  spec: assignmentSpec([[1], [1]]),
  status: undefined,
  lost: [1],
};

it('a partition whose lost status once had a leader gets no first one, though every broker says that it is new (rule 22)', () => {
  const chunk = new Chunk(object);
  const step = (index: number): string => {
    const { leaderEpoch: seenLeaderEpoch } = chunk.seenAt(index);
    const empty = live(1, { copy: undefined });
    return firstStep(
      view([empty], null, { seenLeaderEpoch, wanted: [1] as never }),
      allControllerRules,
    ).kind;
  };
  assert.equal(step(0), 'create');
  assert.equal(step(1), 'recover');
});
