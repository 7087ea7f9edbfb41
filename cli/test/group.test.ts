/** The commands for groups as processes against a real broker. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Millrace } from '@millrace/client/millrace';
import { type BrokerProcess, startBrokerProcess } from '../../client/test/brokerProcess.ts';
import { until } from '../../client/test/threeBrokers.ts';
import { planReset } from '../src/group/resetPlan.ts';
import type { ResetTarget } from '../src/group/resetTarget.ts';
import { TopicNames } from '../src/group/topicNames.ts';
import { MillraceCommands } from './millraceProcess.ts';

type PlannedTarget = Exclude<ResetTarget, { kind: 'undo' }>;

let broker: BrokerProcess;
let client: Millrace;
let millrace: MillraceCommands;

before(async () => {
  broker = await startBrokerProcess({ env: { MILLRACE_GROUP_LAG_MS: '200' } });
  client = new Millrace({ server: broker.server });
  millrace = new MillraceCommands(broker.server);
  await client.admin.createTopic({
    name: 'orders',
    partitions: 2,
    config: { retentionMs: 'none' },
  });
  const producer = client.producer();
  for (let at = 0; at < 20; at++) {
    // Ten seconds of 2020.
    const timestampMs = Date.UTC(2020, 0, 1) + Math.floor(at / 2) * 1000;
    await producer.send({ topic: 'orders', partition: at % 2, value: String(at), timestampMs });
  }
  await producer.close();
});

after(async () => {
  await client.close();
  await broker[Symbol.asyncDispose]();
});

interface Reset {
  readonly executed: boolean;
  readonly offsets: readonly { partition: number; before: number | null; after: number | null }[];
}

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse(await millrace.output([...args, '-O', 'json'])) as T;
}

async function reset(group: string, ...args: string[]): Promise<[boolean, ...unknown[]]> {
  const { executed, offsets } = await json<Reset>('group', 'reset', group, ...args);
  return [executed, ...offsets.map(({ before, after: now }) => [before, now])];
}

async function refusal(code: number, args: readonly string[], input = ''): Promise<string> {
  const run = await millrace.run(args, input);
  assert.equal(run.code, code, `${args.join(' ')}: ${run.stderr}`);
  return run.stderr;
}

test('a group is set to ends, offsets, times and shifts, shown first and done with --execute', async () => {
  const shown = await millrace.output(['group', 'reset', 'r', '--to-offset', '4', '-t', 'orders']);
  assert.match(shown, /^GROUP +TOPIC +PARTITION +BEFORE +AFTER +CHANGE\nr +orders +0 +- +4 +-\n/);
  assert.match(shown, /\n2 offsets: nothing is changed yet: --execute does it\n$/);
  assert.deepEqual(await client.groupAdmin.listGroups(), []);

  const toFour = ['--to-offset', '4', '-t', 'orders', '--execute'];
  assert.deepEqual(await reset('r', ...toFour), [true, [null, 4], [null, 4]]);
  const time = '2020-01-01T00:00:06.5Z';
  assert.deepEqual(await reset('r', '--to-time', time, '--execute'), [true, [4, 7], [4, 7]]);
  assert.deepEqual(await reset('r', '--undo', '--execute'), [true, [7, 4], [7, 4]]);
  assert.match(await refusal(2, ['group', 'reset', 'r']), /give one of --to-earliest/);
});

test('a reset is planned by ends, shifts and other groups, within what the partitions hold', async () => {
  const names = await TopicNames.ask(client.admin);
  const plan = async (target: PlannedTarget, scope: string[] = [], group = 'r') => {
    const offsets = await planReset(client, names, group, target, scope);
    return offsets.map(({ partition, offset }) => [partition, offset]);
  };
  const both = (offset: number) => [
    [0, offset],
    [1, offset],
  ];
  assert.deepEqual(await plan({ kind: 'earliest' }), both(0));
  assert.deepEqual(await plan({ kind: 'latest' }, ['orders:1', 'orders:1']), [[1, 10]]);
  assert.deepEqual(await plan({ kind: 'shift', by: -3 }), both(1));
  assert.deepEqual(await plan({ kind: 'shift', by: 99 }), both(10));
  assert.deepEqual(await plan({ kind: 'offset', offset: 99 }), both(10));
  assert.deepEqual(await plan({ kind: 'group', group: 'r' }, [], 'new'), both(4));
  assert.deepEqual(await plan({ kind: 'time', timestampMs: 0 }), both(0));
  assert.deepEqual(await plan({ kind: 'time', timestampMs: Date.now() }), both(10));
  const refused = (planned: Promise<unknown>, message: RegExp) =>
    assert.rejects(planned, { message });
  await refused(plan({ kind: 'latest' }, [], 'new'), /has no offsets/);
  await refused(plan({ kind: 'group', group: 'new' }), /has no offsets/);
  await refused(plan({ kind: 'latest' }, ['none']), /there is no topic none/);
  await refused(plan({ kind: 'latest' }, ['orders:2']), /has 2 partitions/);
  await refused(plan({ kind: 'shift', by: 1 }, ['orders'], 'new'), /nothing to reset/);
});

test('lag is shown by group and by partition; a group that is not there is an error', async () => {
  const [lag] = await json<{ records: number; partitionLags: object[] }[]>('group', 'lag', 'r');
  assert.deepEqual([lag?.records, lag?.partitionLags.length], [12, 2]);
  const table = await millrace.output(['group', 'lag', 'r']);
  assert.match(table, /^GROUP .*\nr +empty +0 +12 +\d+d\d+h +\w+\n\nTOPIC /);
  assert.match(table, /\norders +0 +4 +10 +6 +\d+d\d+h +\w+ +- +-\n/);
  assert.match(await refusal(1, ['group', 'lag', 'r', 'nobody']), /\(UNKNOWN_GROUP\)/);
  const frame = await millrace.output(['group', 'top']);
  assert.match(frame, /^GROUP .*VERDICT\nr +empty +0 +12 +\d+d\d+h +0\.0 +0\.0 +- +\w+\n$/);
  await until(async () => {
    const [stopped] = await client.groupAdmin.describeLag({ groups: ['r'] });
    return stopped?.verdict === 'STALL';
  }, 'a group that nobody works for has stalled');
});

test('a group with members is described, and neither reset nor deleted', async () => {
  const consumer = client.consumer({ group: 'live', topics: ['orders'] });
  const reading = (async () => {
    for await (const record of consumer) void record;
  })();
  try {
    await until(async () => {
      const [lag] = await client.groupAdmin.describeLag({ groups: ['live'] });
      return lag?.error === undefined && lag?.records === 0;
    }, 'all is read and committed');
    const members = await millrace.output(['group', 'members', 'live']);
    assert.match(members, / +millrace-js +stable +2 +orders:0,1\n$/);
    const described = await millrace.output(['group', 'describe', 'live']);
    assert.match(described, /^name +live\nstate +stable\n(.*\n)*lag +0 records, oldest 0ms: OK\n/);
    const live = await refusal(1, ['group', 'reset', 'live', '--to-earliest']);
    assert.match(live, /live has 1 members \(GROUP_NOT_EMPTY\): Stop the members/);
  } finally {
    await consumer.close();
    await reading.catch(() => {});
  }
  assert.equal(await millrace.output(['group', 'delete', 'live']), 'live: deleted\n');
});

test('offsets are exported and imported, and a file that is wrong changes nothing', async () => {
  const file = await millrace.output(['group', 'export', 'r']);
  const [line = ''] = file.split('\n');
  const { commitMs, ...rest } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual(rest, { group: 'r', topic: 'orders', partition: 0, offset: 4, metadata: '' });
  assert.ok(typeof commitMs === 'number');

  const copy = file.replaceAll('"group":"r"', '"group":"copy"');
  assert.match(await millrace.output(['group', 'import', '-'], copy), /nothing is changed yet/);
  await assert.rejects(client.groupAdmin.describeGroup('copy'), { code: 'UNKNOWN_GROUP' });
  const done = await millrace.output(['group', 'import', '-', '--execute'], copy);
  assert.match(done, /\ncopy +orders +1 +- +4 +-\n\n2 offsets: done\n$/);
  assert.equal(
    (await millrace.output(['group', 'export', 'copy'])).replace(/,"commitMs":\d+/g, ''),
    copy.replace(/,"commitMs":\d+/g, ''),
  );

  const wrong = async (changed: string): Promise<string> =>
    refusal(1, ['group', 'import', '-', '--execute'], copy + changed);
  const bad = { group: 'copy', topic: 'orders', partition: 9, offset: 1 };
  assert.match(await wrong(JSON.stringify(bad)), /orders has 2 partitions, not one 9/);
  const far = { ...bad, group: 'far', partition: 0, offset: 11 };
  assert.match(await wrong(JSON.stringify(far)), /holds offsets 0 to 10, not 11/);
});
