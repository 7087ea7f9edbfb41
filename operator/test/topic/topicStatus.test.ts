import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TopicProblem } from '../../src/topic/topicProblem.ts';
import { topicStatus } from '../../src/topic/topicStatus.ts';
import { assignment, led, topic, TOPIC_ID } from './topicWorld.ts';

const NOW = '2026-01-02T00:00:00Z';

function judge(
  chunks: Parameters<typeof topicStatus>[1]['chunks'],
  problem?: TopicProblem,
  of = topic(),
) {
  return topicStatus(of, { topicId: TOPIC_ID, chunks, problem, isPaused: false }, NOW);
}

function reasons(status: ReturnType<typeof judge>): string[] {
  return (status.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);
}

describe('the status of a topic', () => {
  const replicas = [
    [0, 1],
    [1, 2],
  ];

  it('is ready when every partition is led', () => {
    const status = judge([assignment(replicas, {}, [led(0, [0, 1]), led(1, [1, 2])])]);
    assert.deepEqual(reasons(status), ['Ready=True Ready']);
    assert.equal(status.ledPartitions, 2);
  });

  it('is being made until then', () => {
    const status = judge([assignment(replicas, {}, [led(0, [0, 1])])]);
    assert.deepEqual(reasons(status), ['Ready=False Creating', 'Reconciling=True Creating']);
  });

  it('tells a leader that is missing, and copies that are', () => {
    const lost = led(1, [1, 2], { leader: null });
    const without = judge([assignment(replicas, {}, [led(0, [0, 1]), lost])]);
    assert.deepEqual(reasons(without), ['Ready=False LeaderMissing']);
    const few = led(1, [1, 2], { isr: ['1:cccccccccccc'], minIsr: 2 });
    const under = judge([assignment(replicas, {}, [led(0, [0, 1]), few])]);
    assert.deepEqual(reasons(under), ['Ready=False UnderMinIsr']);
    assert.equal(under.underReplicatedPartitions, 1);
  });

  it('is ready, and says so, while replicas move', () => {
    const moving = led(1, [1, 2], { adding: [0] });
    const status = judge([
      assignment(
        [
          [0, 1],
          [1, 0],
        ],
        {},
        [led(0, [0, 1]), moving],
      ),
    ]);
    assert.deepEqual(reasons(status), ['Ready=True Ready', 'Reconciling=True MovingReplicas']);
    assert.equal(status.reassigningPartitions, 1);
  });

  it('is stalled by what only a person changes, and waits for what passes', () => {
    const stalled = judge([], new TopicProblem('InvalidConfig', 'stalled', 'no'));
    assert.deepEqual(reasons(stalled), ['Ready=False InvalidConfig', 'Stalled=True InvalidConfig']);
    const waits = judge([], new TopicProblem('NotEnoughBrokers', 'waiting', 'no'));
    assert.deepEqual(reasons(waits), [
      'Ready=False NotEnoughBrokers',
      'Reconciling=True NotEnoughBrokers',
    ]);
  });

  it('of a change that a pause holds back is about the generation before it', () => {
    const chunks = [assignment(replicas, {}, [led(0, [0, 1]), led(1, [1, 2])])];
    const of = topic({}, { observedGeneration: 1 });
    const changed = { ...of, metadata: { ...of.metadata, generation: 2 } };
    const judged = { topicId: TOPIC_ID, chunks, problem: undefined };
    const paused = topicStatus(changed, { ...judged, isPaused: true }, NOW);
    assert.equal(paused.observedGeneration, 1);
    const generations = paused.conditions?.map(({ type, observedGeneration }) => [
      type,
      observedGeneration,
    ]);
    assert.deepEqual(generations, [
      ['Ready', 1],
      ['Paused', 2],
    ]);
    const goneOn = topicStatus(changed, { ...judged, isPaused: false }, NOW);
    assert.equal(goneOn.observedGeneration, 2);
  });

  it('keeps how many partitions were led while assignments are missing', () => {
    const of = topic({}, { topicId: TOPIC_ID, partitions: 3, ledPartitions: 3 });
    const status = judge([assignment(replicas, {}, [led(0, [0, 1])])], undefined, of);
    assert.equal(status.partitions, 3);
    assert.equal(status.ledPartitions, 3);
  });

  it('moves the time of a condition only with its status', () => {
    const chunks = [assignment(replicas, {}, [led(0, [0, 1]), led(1, [1, 2])])];
    const time = '2026-01-01T12:00:00Z';
    const before = (status: 'True' | 'False') =>
      topic(
        {},
        {
          conditions: [
            { type: 'Ready', status, reason: 'Other', message: '', lastTransitionTime: time },
          ],
        },
      );
    assert.equal(
      judge(chunks, undefined, before('True')).conditions?.[0]?.lastTransitionTime,
      time,
    );
    assert.equal(
      judge(chunks, undefined, before('False')).conditions?.[0]?.lastTransitionTime,
      NOW,
    );
  });
});
