import assert from 'node:assert/strict';
import test from 'node:test';
import { toBrokerId } from '@millrace/core/ids';
import type { SessionDown } from '../../src/cluster/sessionMessages.ts';
import { ClusterModel } from '../../src/controller/clusterModel.ts';
import type { OpenSession } from '../../src/controller/member.ts';
import { MetadataPublisher } from '../../src/controller/metadataPublisher.ts';
import { ManualClock } from '../engine/manualClock.ts';
import {
  assignmentSpec,
  assignmentStatus,
  BROKER_SPEC,
  BROKER_STATUS,
} from '../store/storedExamples.ts';
import { bootOfBroker } from './partitionCases.ts';

/** A broker that hears; `isFull`: its stream is congested after each message. */
class Listener implements OpenSession {
  readonly bootId = bootOfBroker(1);
  readonly creating = new Set<string>();
  readonly asked = new Map<string, number>();
  readonly heard: SessionDown[] = [];
  isFull = false;

  send(message: SessionDown): boolean {
    this.heard.push(message);
    return !this.isFull;
  }

  /** `image 1 of 3` or `delta 2: 0@4`: its number, and its partitions with their epochs. */
  told(): string[] {
    return this.heard.map((message) => {
      if (message.kind === 'image') {
        const { seq, topics } = message.image;
        return `image ${seq} of ${topics[0]?.partitions.length}`;
      }
      assert.ok(message.kind === 'delta');
      const { seq, topics } = message.delta;
      const partitions = topics.flatMap((topic) => topic.partitions);
      return `delta ${seq}: ${partitions.map(({ p, epoch }) => `${p}@${epoch}`).join(' ')}`;
    });
  }
}

function world() {
  const clock = new ManualClock();
  const model = new ClusterModel();
  const kind = 'PartitionAssignment' as const;
  const spec = assignmentSpec([[0], [0], [0]]);
  const object = { kind, name: 'a', version: 1, spec, status: assignmentStatus(3) };
  const { chunk } = model.putAssignment(object);
  const publisher = new MetadataPublisher({
    clock,
    model,
    controllerId: toBrokerId(0),
    controllerEpoch: 7,
    featureLevel: () => 1,
  });
  /** The partition gets the next epoch. */
  const change = (index: number): void => {
    const status = chunk.object.status;
    assert.ok(status !== undefined);
    const partitions = status.partitions.map((each, at) =>
      at === index ? { ...each, epoch: each.epoch + 1 } : each,
    );
    const { indexes } = model.putAssignment({
      ...chunk.object,
      version: chunk.object.version + 1,
      status: { ...status, partitions },
    });
    publisher.partitionsChanged(chunk, indexes);
  };
  return { clock, model, publisher, change };
}

test('an image, then one delta for all that changes in 20 ms, of what changed alone', () => {
  const { clock, publisher, change } = world();
  const listener = new Listener();
  publisher.add(listener);
  change(0);
  clock.pass(0);
  change(1);
  change(2);
  change(2);
  clock.pass(19);
  assert.deepEqual(listener.told(), ['image 1 of 3', 'delta 2: 0@5']);
  clock.pass(1);
  assert.deepEqual(listener.told().at(-1), 'delta 3: 1@5 2@6');
  clock.pass(60_000);
  assert.equal(listener.heard.length, 3, 'idle partitions cost nothing');
  assert.equal(clock.armed, 0);
});

test('many changes at once are told in parts that a broker takes in without a pause, the lowest first', () => {
  const { clock, model, publisher } = world();
  model.removeAssignment('a');
  const kind = 'PartitionAssignment' as const;
  const empty = assignmentSpec(Array.from({ length: 200 }, () => [0]));
  const chunks = [5, 4, 3, 2, 1, 0].map((chunk) => {
    const spec = { ...empty, chunk };
    const object = { kind, name: `a-${chunk}`, version: 1, spec, status: undefined };
    return model.putAssignment(object);
  });
  const listener = new Listener();
  publisher.add(listener);
  for (const { chunk, indexes } of chunks) publisher.partitionsChanged(chunk, indexes);
  clock.pass(20);
  const parts = listener.heard.slice(1).map((message) => {
    assert.ok(message.kind === 'delta');
    return message.delta.topics.flatMap((topic) => topic.partitions.map(({ p }) => p));
  });
  assert.deepEqual(
    parts.map((part) => part.length),
    [500, 500, 200],
  );
  const told = parts.map((part) => part.toSorted((a, b) => a - b)).flat();
  assert.deepEqual(told, [...Array(1200).keys()]);
});

test('who does not read gets, once it does, what changed meanwhile, once and as it is then', () => {
  const { clock, publisher, change } = world();
  const slow = new Listener();
  const other = new Listener();
  slow.isFull = true;
  publisher.add(slow);
  publisher.add(other);
  for (let times = 0; times < 1000; times++) {
    change(times % 2);
    clock.pass(20);
  }
  assert.deepEqual(slow.told(), ['image 1 of 3']);
  assert.equal(other.heard.length, 1001);
  slow.isFull = false;
  publisher.drained(slow);
  assert.deepEqual(slow.told(), ['image 1 of 3', 'delta 2: 0@504 1@504']);
  change(2);
  clock.pass(20);
  assert.equal(slow.told().at(-1), 'delta 3: 2@5');
});

test('a session that begins again gets a higher number than the one before', () => {
  const { clock, publisher, change } = world();
  const first = new Listener();
  publisher.add(first);
  change(0);
  clock.pass(20);
  publisher.remove(first);
  const again = new Listener();
  publisher.add(again);
  assert.deepEqual(again.told(), ['image 3 of 3']);
});

test('a broker whose heartbeats stay behind gets an image, now and then', () => {
  const { clock, publisher, change } = world();
  const listener = new Listener();
  publisher.add(listener);
  publisher.heartbeat(listener, 1);
  clock.pass(20_000);
  change(0);
  clock.pass(20);
  publisher.heartbeat(listener, 1);
  assert.equal(listener.heard.length, 2, 'the delta may be under way');
  publisher.heartbeat(listener, 1);
  assert.equal(listener.told().at(-1), 'image 3 of 3');
  for (let times = 0; times < 5; times++) {
    clock.pass(1000);
    publisher.heartbeat(listener, 1);
  }
  assert.equal(listener.heard.length, 3);
});

test('brokers are shown as committed; a topic that is gone is named', () => {
  const { clock, model, publisher } = world();
  const listener = new Listener();
  publisher.add(listener);
  const kind = 'Broker' as const;
  const object = { kind, name: '4', version: 9, spec: BROKER_SPEC, status: BROKER_STATUS };
  publisher.brokerChanged(model.putBroker(object));
  const gone = model.removeAssignment('a');
  assert.ok(gone !== undefined);
  publisher.topicGone(gone.topicId);
  clock.pass(20);
  const message = listener.heard.at(-1);
  assert.ok(message?.kind === 'delta');
  const { brokers, topicsGone, controllerEpoch } = message.delta;
  assert.deepEqual(brokers, [{ brokerId: 4, ...BROKER_STATUS, ...BROKER_SPEC }]);
  assert.deepEqual([topicsGone, controllerEpoch], [[gone.topicId], 7]);
});
