/** The commands of a cluster as people give them: three brokers as processes, moved, drained and killed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  startCluster,
  type SupervisedCluster,
} from '../../broker/test/process/supervisedCluster.ts';
import { until } from '../../broker/test/process/until.ts';
import { MillraceCommands } from './millraceProcess.ts';

/** Copying, electing and starting a process, on a machine that has other things to do. */
const SETTLED_MS = 60_000;

interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly adding: readonly number[];
  readonly isr: readonly number[];
  readonly copies?: readonly { readonly copy: string; readonly logEnd: number }[];
}

interface Broker {
  readonly brokerId: number;
  readonly processId: number;
  readonly fenced: boolean;
  readonly draining: boolean;
  readonly cordoned: boolean;
  readonly controller: boolean;
}

let cluster: SupervisedCluster;
let millrace: MillraceCommands;
const ended: (() => void)[] = [];

before(async () => {
  cluster = startCluster({ after: (end: () => void) => void ended.push(end) }, ['--brokers', '3']);
  await until(() => cluster.ready().length === 3, 'three brokers are ready', SETTLED_MS).catch(
    (error: unknown) => assert.fail(`${String(error)}\n${cluster.output.stderr.join('\n')}`),
  );
  const servers = cluster.ready().map(({ ports }) => `127.0.0.1:${ports.client}`);
  millrace = new MillraceCommands(servers.join(','));
  await until(async () => (await brokers()).length === 3, 'they know each other', SETTLED_MS);
  await millrace.output(['topic', 'create', 'thrice', '-p', '3', '-r', '3']);
  await millrace.output(['topic', 'create', 'twice', '-p', '6', '-r', '2']);
  const records = Array.from({ length: 600 }, (_, at) => `${at}:${'x'.repeat(200)}\n`).join('');
  for (const topic of ['thrice', 'twice']) {
    await millrace.output(['produce', topic, '-K', ':'], records);
  }
});

after(() => {
  for (const end of ended) end();
});

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse(await millrace.output([...args, '-O', 'json'])) as T;
}

const brokers = (): Promise<Broker[]> => json('broker', 'list');
const partitions = (...args: string[]): Promise<Partition[]> =>
  json('partitions', 'describe', ...args);

async function settled(what: string, isSo: (all: readonly Partition[]) => boolean): Promise<void> {
  await until(async () => isSo(await partitions()), what, SETTLED_MS);
}

function isWhole({ isr, replicas, adding, leader }: Partition): boolean {
  return leader !== -1 && adding.length === 0 && isr.length === replicas.length;
}

async function refusal(code: number, args: string[], input = ''): Promise<string> {
  const run = await millrace.run(args, input);
  assert.equal(run.code, code, `${args.join(' ')}: ${run.stderr}`);
  return run.stderr;
}

test('what a configuration left to itself comes to is shown for the replicas that a topic has', async () => {
  const minInsync = async (topic: string): Promise<string | undefined> =>
    /^minInsyncReplicas +(\d) +default$/m.exec(
      await millrace.output(['topic', 'describe', topic]),
    )?.[1];
  assert.deepEqual([await minInsync('thrice'), await minInsync('twice')], ['2', '1']);
});

test('broker list shows every process; cordon and uncordon are told at once', async () => {
  const listed = await brokers();
  assert.deepEqual(
    new Map(listed.map(({ brokerId, processId }) => [brokerId, processId])),
    new Map(
      cluster
        .ready()
        .map(({ brokerId, pid }) => [brokerId, pid] as const)
        .sort(([left], [right]) => left - right),
    ),
  );
  assert.equal(listed.filter(({ controller }) => controller).length, 1);
  assert.match(await millrace.output(['broker', 'cordon', '1']), /^broker 1: cordoned/);
  await until(async () => (await brokers())[1]?.cordoned === true, 'all know it', SETTLED_MS);
  assert.match(
    await millrace.output(['broker', 'list']),
    /^ +1 +live,(controller,)?cordoned +\d+ /m,
  );
  await millrace.output(['broker', 'uncordon', '1']);
  assert.match(
    await refusal(1, ['broker', 'drain', '7']),
    /there is no broker 7 \(INVALID_REQUEST\)/,
  );
  assert.match(await refusal(2, ['broker', 'drain', 'all']), /\(USAGE\)/);
});

test('a drained broker leads nothing and holds what nobody else can; a plan brings it back', async () => {
  await settled('all are in sync', (all) => all.every(isWhole));
  assert.match(await millrace.output(['broker', 'drain', '2']), /^broker 2: draining/);
  await settled('it has left', (all) =>
    all.every(
      (each) =>
        isWhole(each) &&
        each.leader !== 2 &&
        (each.topic === 'thrice' || !each.replicas.includes(2)),
    ),
  );
  const watched = await millrace.output(['reassign', 'status', '--watch']);
  assert.match(watched, /no reassignment is under way\n$/);

  assert.match(await millrace.output(['broker', 'undrain', '2']), /^broker 2: no longer draining/);
  await until(async () => (await brokers())[2]?.draining === false, 'all know it', SETTLED_MS);
  const preview = await millrace.output(['reassign', 'plan', 'twice']);
  assert.match(preview, /\n[4-6] of 6 partitions change, 4 copies of \d{4,} bytes are made/);
  const plan = await millrace.output(['reassign', 'plan', 'twice', '-O', 'json']);
  const applied = await millrace.output(['reassign', 'apply', '-'], plan);
  assert.match(applied, /^reassignment of [4-6] partitions begins/);
  const looks = await millrace.output(['reassign', 'status', '--watch', '-O', 'json']);
  const last = JSON.parse(looks.trim().split('\n').at(-1) ?? '') as { partitionsLeft: number };
  assert.equal(last.partitionsLeft, 0);
  await settled('it is back', (all) => all.every(isWhole));
  const held = (await partitions('twice')).filter(({ replicas }) => replicas.includes(2));
  assert.equal(held.length, 4);
  assert.match(
    await millrace.output(['reassign', 'plan', 'twice']),
    /^nothing to do: 6 partitions/,
  );
});

test('a leader is moved to a replica in sync, and only there', async () => {
  await settled('all are in sync', (all) => all.every(isWhole));
  const [first] = await partitions('twice');
  assert.ok(first !== undefined);
  const to = first.replicas.find((id) => id !== first.leader) ?? -1;
  const other = [0, 1, 2].find((id) => !first.replicas.includes(id)) ?? -1;
  assert.equal(
    await millrace.output(['leader', 'move', 'twice:0', String(to)]),
    `twice:0: led by broker ${to}\n`,
  );
  assert.match(
    await refusal(1, ['leader', 'move', 'twice:0', String(other)]),
    /only a member of its ISR can lead/,
  );
  assert.match(await refusal(2, ['leader', 'move', 'twice', '0']), /\(USAGE\)/);
});

test('an unclean election wants a yes, and is refused where somebody leads', async () => {
  await settled('all are in sync', (all) => all.every(isWhole));
  const [described] = await partitions('thrice', '--copies');
  assert.equal(described?.copies?.length, 3);
  const copy = described?.copies?.[0]?.copy ?? '';
  const elect = ['leader', 'elect-unclean', 'thrice:0', copy];
  const unasked = await refusal(2, elect, 'thrice:0\n');
  assert.match(unasked, /loses acknowledged records/);
  assert.match(unasked, /give --yes \(USAGE\)/);
  assert.match(await refusal(1, [...elect, '--yes']), /has a leader.*\(INVALID_REQUEST\)/);
  assert.match(await refusal(2, ['leader', 'elect-unclean', 'thrice:0', '0']), /\(USAGE\)/);
});

test('a plan that is wrong changes nothing, and there is nothing to cancel', async () => {
  const impossible = { reassignments: [{ topic: 'twice', partition: 0, replicas: [0, 9] }] };
  const apply = ['reassign', 'apply', '-'];
  assert.match(await refusal(1, apply, JSON.stringify(impossible)), /no broker 9/);
  assert.match(await refusal(1, apply, 'no'), /\(INVALID_INPUT\)/);
  assert.match(
    await refusal(2, ['reassign', 'plan', 'thrice', '-b', '0,1']),
    /do not fit.*\(USAGE\)/,
  );
  assert.match(await refusal(2, ['reassign', 'cancel']), /\(USAGE\)/);
  assert.match(await refusal(1, ['reassign', 'cancel', 'twice']), /is under way/);
});

test('a broker that is killed comes back into every ISR', async () => {
  await settled('all are in sync', (all) => all.every(isWhole));
  const victim = (await brokers()).find(({ controller }) => !controller);
  assert.ok(victim !== undefined && victim.processId > 0);
  process.kill(victim.processId, 'SIGKILL');
  const again = async (): Promise<boolean> =>
    (await brokers()).some(
      ({ brokerId, processId, fenced }) =>
        brokerId === victim.brokerId && !fenced && processId > 0 && processId !== victim.processId,
    );
  await until(again, 'it was started again', SETTLED_MS);
  await settled('all are in sync again', (all) => all.every(isWhole));
  assert.deepEqual(await partitions('--leaderless', '--under-replicated'), []);
  const copies = (await partitions('thrice', '--copies')).map((each) =>
    (each.copies ?? []).map(({ logEnd }) => logEnd),
  );
  assert.ok(copies.every((ends) => ends.length === 3 && new Set(ends).size === 1));
  assert.equal(
    copies.reduce((sum, [end = 0]) => sum + end, 0),
    600,
  );
});
