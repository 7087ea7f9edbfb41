/** Rule 28: a forwarded append is never sent twice and never overtakes an older one of its partition. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { millraceError } from '@millrace/core/errors';
import type { ForwardingRulesOff } from '../../src/forwarding/forwardingRules.ts';
import { ProduceLanes } from '../../src/forwarding/produceLanes.ts';
import { LeaderWorld } from './leaderWorld.ts';

interface Answer {
  readonly name: string;
  readonly said: string;
  readonly leader: string | undefined;
}

function lanesIn(world: LeaderWorld, rulesOff?: ForwardingRulesOff) {
  const lanes = new ProduceLanes(world.leaders, world, rulesOff);
  const answers: Answer[] = [];
  const append = (name: string, partition = 0): void => {
    const batches = Buffer.from(name);
    lanes.append(
      world.topic,
      partition,
      { batches, acks: 'all', deadlineMs: 1000 },
      {
        acknowledged: ({ baseOffset }) =>
          void answers.push({ name, said: `at ${baseOffset}`, leader: undefined }),
        refused: ({ code, outcome, leader }) =>
          void answers.push({ name, said: `${code} ${outcome}`, leader }),
      },
    );
  };
  const said = (): string[] => answers.map((answer) => `${answer.name}: ${answer.said}`);
  return { lanes, append, answers, said };
}

const names = (world: LeaderWorld, stream: number): string[] =>
  world.stream(stream).produced.map(({ entries }) => String(entries[0]?.batches));

const reset = () => millraceError('UNAVAILABLE', 'connection reset', { outcome: 'unknown' });

test('appends go in order through one stream to each leader, with what was asked for', () => {
  const world = new LeaderWorld([1, 2, 1]);
  const { append, said } = lanesIn(world);
  append('a', 0);
  append('b', 1);
  append('c', 2);
  append('d', 0);
  assert.equal(world.streams.length, 2);
  assert.deepEqual([world.stream(0).to.host, world.stream(1).to.host], ['broker-1', 'broker-2']);
  assert.deepEqual([names(world, 0), names(world, 1)], [['a', 'c', 'd'], ['b']]);
  const [first] = world.stream(0).produced;
  assert.deepEqual([first?.acks, first?.deadlineMs, first?.entries[0]?.partition], [3, 1000, 0]);
  world.stream(0).answer(3, { baseOffset: 7, recordCount: 2 });
  world.stream(0).answer(1, { baseOffset: 5, recordCount: 2 });
  const error = millraceError('RECORD_TOO_LARGE', 'too large');
  world.stream(1).answer(1, { error });
  assert.deepEqual(said(), ['d: at 7', 'a: at 5', 'b: RECORD_TOO_LARGE not-applied']);
});

test('when the stream breaks what was sent is unknown and the rest not applied, in order, and nothing is sent again', () => {
  const world = new LeaderWorld([1]);
  const { append, said, answers } = lanesIn(world);
  append('a');
  world.stream(0).roomMessages = 2;
  append('b');
  append('c');
  append('d');
  assert.deepEqual(names(world, 0), ['a', 'b']);
  world.lead(0, 2);
  world.stream(0).break(reset());
  assert.deepEqual(said(), [
    'a: UNAVAILABLE unknown',
    'b: UNAVAILABLE unknown',
    'c: UNAVAILABLE not-applied',
    'd: UNAVAILABLE not-applied',
  ]);
  assert.ok(answers.every(({ leader }) => leader === 'broker-2:7074'));
  assert.equal(world.streams.length, 1);
  append('e');
  assert.deepEqual(names(world, 1), ['e']);
});

test('a stream that never came to be has applied nothing', () => {
  const world = new LeaderWorld([1]);
  const { append, said } = lanesIn(world);
  append('a');
  world.stream(0).break(reset(), 'nothing');
  assert.deepEqual(said(), ['a: UNAVAILABLE not-applied']);
});

test('with the rule off 7 overtakes 6, and this test would notice', () => {
  const overtaken = (rulesOff: ForwardingRulesOff): boolean => {
    const world = new LeaderWorld([1, 1]);
    const { append } = lanesIn(world, rulesOff);
    append('6');
    world.lead(0, 2);
    append('7');
    return world.streams.length > 1;
  };
  assert.equal(overtaken(new Set()), false);
  assert.equal(overtaken(new Set(['forwarded-in-order'])), true);
});

test('while older appends are unresolved newer ones follow them to the old leader, not to the new one', () => {
  const world = new LeaderWorld([1, 1]);
  const { lanes, append, said } = lanesIn(world);
  append('6');
  world.lead(0, 2);
  append('7');
  assert.equal(world.streams.length, 1, 'nothing overtakes 6');
  assert.deepEqual(names(world, 0), ['6', '7']);
  assert.ok(lanes.holds(world.topic, 0));
  assert.ok(!lanes.holds(world.topic, 1));
  world.stream(0).answer(1, { baseOffset: 0, recordCount: 1 });
  append('8');
  assert.equal(world.streams.length, 1);
  world.stream(0).answer(2, { error: millraceError('NOT_LEADER', 'moved') });
  world.stream(0).answer(3, { error: millraceError('NOT_LEADER', 'moved') });
  assert.ok(!lanes.holds(world.topic, 0), 'an append here would overtake nothing');
  append('9');
  assert.deepEqual(names(world, 1), ['9']);
  assert.deepEqual(said(), ['6: at 0', '7: NOT_LEADER not-applied', '8: NOT_LEADER not-applied']);
});

test('a leader that is fenced breaks its streams: nobody waits for it', () => {
  const world = new LeaderWorld([1, 2]);
  const { append, said } = lanesIn(world);
  append('a', 0);
  append('b', 1);
  world.fence(1);
  assert.deepEqual(said(), ['a: UNAVAILABLE unknown']);
  assert.deepEqual([world.stream(0).isClosed, world.stream(1).isClosed], [true, false]);
  append('c', 0);
  assert.deepEqual(said().slice(1), ['c: UNAVAILABLE not-applied']);
});

test('a leader that is leaving answers what it has, gets no more, and is not overtaken', () => {
  const world = new LeaderWorld([1, 1]);
  const { append, said } = lanesIn(world);
  append('a');
  world.stream(0).roomMessages = 0;
  append('b');
  append('c');
  world.stream(0).leave();
  assert.ok(world.stream(0).isEnded);
  assert.deepEqual(said(), ['c: SHUTTING_DOWN not-applied']);
  world.lead(0, 2);
  append('d');
  assert.deepEqual(said().slice(1), ['d: UNAVAILABLE not-applied']);
  world.stream(0).answer(1, { baseOffset: 3, recordCount: 1 });
  world.stream(0).answer(2, { baseOffset: 4, recordCount: 1 });
  append('e');
  assert.deepEqual(names(world, 1), ['e']);
  assert.deepEqual(said().slice(2), ['a: at 3', 'b: at 4']);
});

test('without a leader, and once the client is gone, nothing is sent', () => {
  const world = new LeaderWorld([1]);
  const { lanes, append, said } = lanesIn(world);
  world.lead(0, null);
  append('a');
  assert.deepEqual(said(), ['a: LOADING not-applied']);
  world.lead(0, 1);
  append('b');
  lanes.close();
  assert.ok(world.stream(0).isClosed);
  assert.deepEqual(said().slice(1), ['b: UNAVAILABLE unknown']);
});
