import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { TopicResourceSpec } from '@millrace/core/resources/custom/topicResource';
import { checkChunks } from '../../src/topic/topicChunks.ts';
import { planAssignments } from '../../src/topic/topicPlan.ts';
import { TopicProblem } from '../../src/topic/topicProblem.ts';
import { checkRivals, topicShape } from '../../src/topic/topicShape.ts';
import type { KnownAssignment } from '../../src/topic/topicView.ts';
import { assignment, broker, cluster, CLUSTER_ID, topic, TOPIC_ID, view } from './topicWorld.ts';

const IDENTITY = { topicId: TOPIC_ID, clusterId: CLUSTER_ID };
const THREE = [broker(0), broker(1), broker(2)];

function plan(
  spec: Partial<TopicResourceSpec>,
  chunks: readonly KnownAssignment[] = [],
  brokers = THREE,
) {
  const of = topic(spec);
  const shape = topicShape(of, cluster(), chunks);
  return planAssignments(view(of, brokers, chunks), IDENTITY, shape, chunks);
}

/** What is there after the plan was carried out. */
function after(
  chunks: readonly KnownAssignment[],
  writes: ReturnType<typeof plan>,
): KnownAssignment[] {
  const changed = new Map(writes.changed.map(({ name, spec }) => [name, spec]));
  return [
    ...chunks.map((chunk) => ({ ...chunk, spec: changed.get(chunk.name) ?? chunk.spec })),
    ...writes.created.map(({ name, spec }) => ({ name, spec, status: undefined })),
  ];
}

function problem(reason: string) {
  return (error: unknown): boolean => error instanceof TopicProblem && error.reason === reason;
}

describe('the plan of a topic', () => {
  it('asks for nothing once it was carried out, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 450 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (partitions, more, copies, otherCopies) => {
          const first = after([], plan({ partitions, replicationFactor: copies }));
          const grown = { partitions: partitions + more, replicationFactor: otherCopies };
          const second = after(first, plan(grown, first));
          const third = plan(grown, second);
          assert.deepEqual(third, { changed: [], created: [] });
          const replicas = second.flatMap(({ spec }) => spec.replicas);
          assert.equal(replicas.length, partitions + more);
          for (const brokers of replicas) {
            assert.equal(new Set(brokers).size, otherCopies);
          }
          const before = first.flatMap(({ spec }) => spec.replicas);
          for (const [index, brokers] of before.entries()) {
            assert.equal(replicas[index]?.[0], brokers[0], 'a leader moved for nothing');
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('does not move replicas because brokers came or are away', () => {
    const chunks = after([], plan({ partitions: 20, replicationFactor: 2 }));
    const five = [...THREE, broker(3), broker(4)];
    const spec = { partitions: 20, replicationFactor: 2 };
    assert.deepEqual(plan(spec, chunks, five), { changed: [], created: [] });
    assert.deepEqual(plan(spec, chunks, [broker(0)]), { changed: [], created: [] });
  });

  it('empties a broker that drains, in place, and leaves the others', () => {
    const chunks = [
      assignment(
        [
          [0, 1],
          [1, 2],
          [2, 0],
        ],
        { config: shapeConfig() },
      ),
    ];
    const brokers = [
      broker(0),
      broker(1),
      broker(2, { cordoned: true, draining: true }),
      broker(3),
    ];
    const [changed] = plan({}, chunks, brokers).changed;
    // Broker 3 is in the rack of broker 0: the copy beside that goes elsewhere.
    assert.deepEqual(changed?.spec.replicas, [
      [0, 1],
      [1, 3],
      [1, 0],
    ]);
  });

  it('takes explicit brokers where they are given', () => {
    const placement = [{ partition: 1, brokers: [2, 1] }];
    const [created] = plan({ partitions: 2, replicationFactor: 2, placement }).created;
    assert.deepEqual(created?.spec.replicas[1], [2, 1]);
    const unknown = [{ partition: 0, brokers: [7, 1] }];
    assert.throws(
      () => plan({ partitions: 1, replicationFactor: 2, placement: unknown }),
      problem('UnknownBroker'),
    );
  });

  it('is all or nothing where brokers are too few', () => {
    assert.throws(() => plan({ replicationFactor: 4 }), problem('NotEnoughBrokers'));
    const chunks = after([], plan({ partitions: 2, replicationFactor: 1 }));
    assert.throws(
      () => plan({ partitions: 2, replicationFactor: 5 }, chunks),
      problem('NotEnoughBrokers'),
    );
  });

  it('does not take partitions away, whatever the resource says after a restore', () => {
    const chunks = after([], plan({ partitions: 6 }));
    assert.throws(() => plan({ partitions: 3 }, chunks), problem('PartitionsShrink'));
  });

  it('touches nothing while an assignment is missing, wherever it was', () => {
    const spec = { partitions: 600, replicationFactor: 2 };
    const chunks = after([], plan(spec));
    const grown = { ...spec, partitions: 700 };
    for (const missing of [0, 1]) {
      const left = chunks.filter((_, index) => index !== missing);
      assert.throws(() => plan(grown, left), problem('AssignmentMissing'));
      assert.throws(() => plan({}, left), problem('AssignmentMissing'));
    }
    const status = { topicId: TOPIC_ID, partitions: 600, ledPartitions: 600 };
    const last = chunks.slice(0, 2);
    assert.throws(() => checkChunks(topic(spec, status), last), problem('AssignmentMissing'));
    assert.throws(() => checkChunks(topic(spec, status), []), problem('AssignmentMissing'));
    checkChunks(topic(spec, status), chunks);
    // Claimed and told of, and not made yet.
    checkChunks(topic(spec, { ...status, ledPartitions: 0 }), last);
  });

  it('refuses settings that no broker would take', () => {
    assert.throws(() => plan({ config: { retentionMs: 'soon' } }), problem('InvalidConfig'));
    assert.throws(
      () => plan({ replicationFactor: 1, config: { minInsyncReplicas: 2 } }),
      problem('InvalidConfig'),
    );
    assert.throws(() => plan({ topicName: '__groups' }), problem('InvalidName'));
  });
});

describe('Topics of one name', () => {
  const older = topic({ topicName: 'a.b' }, undefined, 'older', '2026-01-01T00:00:00Z');
  const newer = topic({ topicName: 'a_b' }, undefined, 'newer', '2026-01-01T00:00:01Z');

  it('the oldest wins', () => {
    checkRivals(view(older, THREE, [], [newer]));
    assert.throws(() => checkRivals(view(newer, THREE, [], [older])), problem('ResourceConflict'));
  });

  it('of one second, that which has its topicId wins', () => {
    const claimed = topic({ topicName: 'a.b' }, { topicId: TOPIC_ID }, 'z-claimed');
    const other = topic({ topicName: 'a.b' }, undefined, 'a-other');
    checkRivals(view(claimed, THREE, [], [other]));
    assert.throws(
      () => checkRivals(view(other, THREE, [], [claimed])),
      problem('ResourceConflict'),
    );
  });
});

function shapeConfig(): Readonly<Record<string, string>> {
  return topicShape(topic({ partitions: 3, replicationFactor: 2 }), cluster(), []).config;
}
