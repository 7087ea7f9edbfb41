/** The command line as a process against a real broker. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Millrace } from '@millrace/client/millrace';
import { type BrokerProcess, startBrokerProcess } from '../../client/test/brokerProcess.ts';
import { MillraceCommands, ended } from './millraceProcess.ts';

let broker: BrokerProcess;
let client: Millrace;
let millrace: MillraceCommands;
let directory: string;

before(async () => {
  broker = await startBrokerProcess();
  client = new Millrace({ server: broker.server });
  millrace = new MillraceCommands(broker.server);
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
});

after(async () => {
  await client.close();
  await broker[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const lines = (text: string): string[] => text.split('\n').slice(0, -1);
const numbers = (count: number): string =>
  Array.from({ length: count }, (_, i) => `${i}\n`).join('');

/** For records whose timestamps are long ago. */
const FOREVER = { retentionMs: 'none' };

/** By the SDK: a process for each would take most of the time. */
async function topic(name: string, partitions = 1, config = {}): Promise<void> {
  await client.admin.createTopic({ name, partitions, config });
}

test('topics are created, listed, described, altered and deleted', async () => {
  const create = ['topic', 'create', 'shape', '-p', '2', '-c', 'retentionMs=1d'];
  assert.equal(await millrace.output(create), 'shape: created (2 partitions, 1 replica)\n');
  assert.match(await millrace.output(create), /^shape: exists already/);
  assert.match(await millrace.output(['topic', 'list']), /^NAME .*\n(.*\n)*shape +2 +1\n/);
  assert.match(
    await millrace.output(['topic', 'describe', 'shape']),
    /retentionMs +86400000 +topic/,
  );
  const alter = ['topic', 'alter', 'shape', '-p', '3', '--unset', 'retentionMs', '-O', 'json'];
  const altered = JSON.parse(await millrace.output(alter)) as { partitions: number };
  assert.equal(altered.partitions, 3);
  const described = JSON.parse(
    await millrace.output(['topic', 'describe', 'shape', '--output', 'json']),
  ) as { partitionDetails: unknown[] };
  assert.equal(described.partitionDetails.length, 3);
  assert.equal(await millrace.output(['topic', 'delete', 'shape']), 'shape: deleted\n');
  const listed = JSON.parse(await millrace.output(['topic', 'list', '-O', 'json'])) as {
    name: string;
  }[];
  assert.ok(listed.every(({ name }) => name !== 'shape'));
});

test('a record a line goes in and comes out, with a receipt each', async () => {
  await topic('plain');
  const receipts = await millrace.output(['produce', 'plain', '--receipts'], 'a\n\nb c\nlast');
  assert.equal(receipts, '0 0\n0 1\n0 2\n0 3\n');
  assert.equal(await millrace.output(['consume', 'plain', '-e']), 'a\n\nb c\nlast\n');
  const json = await millrace.output(['produce', 'plain', '--receipts', '-O', 'json'], 'x\n');
  assert.equal(json, '{"topic":"plain","partition":0,"offset":4}\n');
});

test('keys, headers, nulls, delimiters and partitions are those of the options', async () => {
  await topic('options', 2);
  const produce = [
    'produce',
    'options',
    '-K',
    '=>',
    '-k',
    'fixed',
    '-H',
    'h=1',
    '-H',
    'h',
    '-Z',
    '-p',
    '1',
  ];
  await millrace.output([...produce, '-D', '\\0'], 'k=>v\0=>v\0k=>\0none\n');
  const format = '%p %o [%k/%K] [%s/%S] %h|';
  const expected =
    '1 0 [k/1] [v/1] h=1,h=NULL|1 1 [NULL/-1] [v/1] h=1,h=NULL|' +
    '1 2 [k/1] [NULL/-1] h=1,h=NULL|1 3 [fixed/5] [none\n/5] h=1,h=NULL|';
  assert.equal(await millrace.output(['consume', 'options', '-e', '-Z', '-f', format]), expected);
});

test('compressed batches and every kind of acks arrive', async () => {
  await topic('codecs');
  const modes = { none: 'gzip', leader: 'zstd', all: 'none' };
  for (const [acks, codec] of Object.entries(modes)) {
    await millrace.output(['produce', 'codecs', '-z', codec, '--acks', acks], `${acks}\n`);
  }
  // acks none promises no order between processes, only arrival.
  const arrived = lines(await millrace.output(['consume', 'codecs', '-c', '3']));
  assert.deepEqual(arrived.toSorted(), ['all', 'leader', 'none']);
});

const ENVELOPES = [
  {
    key: 'k',
    payload: 'v',
    headers: ['a', '1', 'a', '2', 'b', null, '', ''],
    ts: 1_700_000_000_123,
  },
  { key: null, payload: null, headers: [], ts: 0 },
  { key: '', payload: '', headers: [], ts: 1 },
  {
    key: { base64: '/w==' },
    payload: { base64: 'gAAK' },
    headers: ['x', { base64: '/v8=' }],
    ts: 2,
  },
  { key: 'ü\u2028\ufeff', payload: '{"json":"\\n\\u0000"}\n', headers: ['naïve', '\0'], ts: 3 },
];

test('what consume -J prints, produce -J takes: an exact copy', async () => {
  await topic('original', 2, FOREVER);
  await topic('copy', 2, FOREVER);
  const given = ENVELOPES.map((envelope, at) => JSON.stringify({ ...envelope, partition: at % 2 }));
  await millrace.output(['produce', 'original', '-J'], `${given.join('\n')}\n`);
  const printed = await millrace.output(['consume', 'original', '-J', '-e']);
  await millrace.output(['produce', 'copy', '-J', '-z', 'gzip'], printed);
  const copied = await millrace.output(['consume', 'copy', '--output', 'json', '-e']);
  const sorted = (text: string): string[] => lines(text).toSorted();
  assert.deepEqual(
    sorted(copied.replaceAll('"topic":"copy"', '"topic":"original"')),
    sorted(printed),
  );
  const records = lines(printed).map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const [at, envelope] of ENVELOPES.entries()) {
    const found = records.find(({ ts }) => ts === envelope.ts);
    assert.deepEqual(found, {
      ...envelope,
      topic: 'original',
      partition: at % 2,
      offset: found?.['offset'],
    });
  }
});

test('a bad envelope stops the reading, and says where it is', async () => {
  await topic('envelopes');
  const input = '{"payload":"a"}\n{"payload":1}\n{"payload":"c"}\n';
  const { code, stderr } = await millrace.run(['produce', 'envelopes', '-J'], input);
  assert.equal(code, 1);
  assert.match(stderr, /^millrace: stdin:2: "payload" .*\(INVALID_INPUT\): .*\n$/);
  assert.equal(await millrace.output(['consume', 'envelopes', '-e']), 'a\n');
});

test('files are read in turn, - is standard input, -c stops', async () => {
  await topic('files');
  const file = path.join(directory, 'three');
  await writeFile(file, '1\n2\n3');
  await millrace.output(['produce', 'files', '-l', file, '-', file, '-c', '5'], 'in\n');
  assert.equal(await millrace.output(['consume', 'files', '-e']), '1\n2\n3\nin\n1\n');
  const missing = await millrace.run(['produce', 'files', file, path.join(directory, 'missing')]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^millrace: .*missing.* \(ENOENT\): .*\n$/);
  assert.equal(lines(await millrace.output(['consume', 'files', '-e'])).length, 5);
});

test('offsets, ranges, counts and partitions choose what is read', async () => {
  await topic('ranges', 2, FOREVER);
  const input = Array.from({ length: 10 }, (_, at) =>
    JSON.stringify({ payload: String(at), partition: 0, ts: 1_700_000_000_000 + at * 1000 }),
  );
  await millrace.output(['produce', 'ranges', '-J'], `${input.join('\n')}\n`);
  const read = async (...options: string[]): Promise<string> =>
    lines(await millrace.output(['consume', 'ranges', ...options])).join('');
  assert.equal(await read('-o', '7', '-p', '0', '-e'), '789');
  assert.equal(await read('-o', '-2', '-e'), '89');
  assert.equal(await read('-o', '+8', '-c', '2'), '89');
  assert.equal(await read('-o', '2:4'), '23');
  assert.equal(await read('-p', '1', '-e'), '');
  assert.equal(await read('-o', '@1700000003000:@1700000005000'), '34');
  assert.equal(await read('-o', '@2023-11-14T22:13:27Z:1s'), '7');
  assert.equal(await read('-o', 's@1700000008500', '-e'), '9');
});

test('query shows the ends of partitions, and offsets by time', async () => {
  await topic('offsets', 2, FOREVER);
  const record = (at: number): string =>
    `{"payload":"","partition":1,"ts":${1_700_000_000_000 + at}}\n`;
  await millrace.output(['produce', 'offsets', '-J'], record(0) + record(5));
  const query = (...targets: string[]): Promise<string> => millrace.output(['query', ...targets]);
  assert.equal(
    await query('offsets'),
    'offsets [0] earliest 0 latest 0\noffsets [1] earliest 0 latest 2\n',
  );
  assert.equal(
    await query('offsets::end', 'offsets:1:start'),
    'offsets [0] offset 0\noffsets [1] offset 2\noffsets [1] offset 0\n',
  );
  assert.deepEqual(JSON.parse(await query('offsets:1:1700000000003', '-O', 'json')), [
    { topic: 'offsets', partition: 1, offset: 1, timestampMs: 1_700_000_000_005 },
  ]);
});

test('cluster shows the broker and where it listens', async () => {
  assert.ok((await millrace.output(['cluster'])).includes(`client=${broker.server}`));
  const described = JSON.parse(await millrace.output(['cluster', 'describe', '-O', 'json'])) as {
    brokers: unknown[];
  };
  assert.equal(described.brokers.length, 1);
});

test('100,000 lines pass through pipes, each with its receipt', async () => {
  await topic('many', 3);
  const input = numbers(100_000);
  const receipts = await millrace.output(['produce', 'many', '--receipts'], input);
  assert.equal(new Set(lines(receipts)).size, 100_000);
  const consumed = await millrace.output(['consume', 'many', '-e']);
  assert.equal(consumed.length, input.length);
  assert.equal(new Set(lines(consumed)).size, 100_000);
});

test('a reader that goes away ends the command quietly', async () => {
  await topic('head');
  await millrace.output(['produce', 'head'], numbers(50_000));
  for (const options of [['-e'], []]) {
    const child = millrace.start('consume', 'head', ...options);
    child.stdout.once('data', () => child.stdout.destroy());
    const { code, stderr } = await ended(child);
    assert.equal(code, 0);
    assert.equal(stderr, '');
  }
  const producing = millrace.start('produce', 'head', '--receipts');
  producing.stdin.on('error', () => {});
  producing.stdin.write(numbers(50_000));
  producing.stdout.once('data', () => producing.stdout.destroy());
  const { code, stderr } = await ended(producing);
  assert.equal(code, 0);
  assert.equal(stderr, '');
});

test('an interrupted consume ends with what it has printed', async () => {
  await topic('follow');
  const child = millrace.start('consume', 'follow');
  const run = ended(child);
  const first = new Promise((resolve) => child.stdout.once('data', resolve));
  await millrace.output(['produce', 'follow'], 'a\nb\n');
  await first;
  child.kill('SIGINT');
  const { code, stdout, stderr } = await run;
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.ok('a\nb\n'.startsWith(stdout) && stdout !== '');
});

test('an interrupted produce delivers what it has read, and no half line', async () => {
  await topic('interrupted');
  const child = millrace.start('produce', 'interrupted', '--receipts');
  const run = ended(child);
  const receipt = new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdin.write('whole\nhalf');
  await receipt;
  child.kill('SIGINT');
  assert.equal((await run).code, 0);
  assert.equal(await millrace.output(['consume', 'interrupted', '-e']), 'whole\n');
});

test('a record that is refused ends the reading, with what is missing said', async () => {
  await topic('limited', 1, { batchBytesMax: '64KiB' });
  const input = `small\n${'x'.repeat(100_000)}\nlater\n`;
  const { code, stderr } = await millrace.run(['produce', 'limited'], input);
  assert.equal(code, 1);
  assert.match(stderr, /^millrace: .*\(RECORD_TOO_LARGE\): .*\n$/);
  assert.match(await millrace.output(['consume', 'limited', '-e']), /^small\n/);
});

test('help, version and completion are printed without a broker', async () => {
  assert.match(await millrace.output(['--help']), /^Usage: millrace /);
  assert.match(await millrace.output(['topic', 'create', '--help']), /--partitions/);
  assert.match(await millrace.output(['--version']), /^\d+\.\d+\.\d+\n$/);
  assert.match(await millrace.output(['completion', 'bash']), /millrace/);
  assert.match(await millrace.output(['complete', '--', 'topic', 'cr']), /^create\t/);
});
