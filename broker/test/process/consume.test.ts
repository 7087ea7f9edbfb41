/** Consume with a stock client: records of a group's partitions, commits, revocation, all on one call. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import type { ConsumeRequest } from '@millrace/proto/generated/millrace/v1/ConsumeRequest';
import type { ConsumeResponse__Output } from '@millrace/proto/generated/millrace/v1/ConsumeResponse';
import type { GroupAssignment__Output } from '@millrace/proto/generated/millrace/v1/GroupAssignment';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { type StockClient, stockClient, unary } from './stockClient.ts';
import { until } from './until.ts';

class Consumer {
  /** `<partition>/<offset>` of every record, as it came. */
  readonly read: string[] = [];
  readonly values = new Set<string>();
  readonly commits: (string | undefined)[] = [];
  /** Answers to pause, resume and seek. */
  readonly controlled: { readonly code: string }[] = [];
  assignment: GroupAssignment__Output | undefined;
  error: string | undefined;
  isEnded = false;
  readonly #stream: ClientDuplexStream<ConsumeRequest, ConsumeResponse__Output>;
  readonly #next = new Map<number, number>();

  constructor(client: StockClient, group: string, memberId: string, first?: ConsumeRequest) {
    this.#stream = client.consumer.Consume();
    this.#stream.on('data', (response: ConsumeResponse__Output) => this.#heard(response));
    this.#stream.on('end', () => {
      this.isEnded = true;
    });
    this.#stream.on('error', (error: ServiceError) => {
      const [details] = error.metadata?.get('grpc-status-details-bin') ?? [];
      const told = Buffer.isBuffer(details) ? decodeStatusDetails(details) : undefined;
      this.error = told?.code ?? String(error);
    });
    const join = { topics: ['orders'], sessionTimeoutMs: 3000 };
    this.#stream.write(first ?? { start: { group, memberId, join } });
  }

  get partitions(): number {
    return this.assignment?.assigned.length ?? 0;
  }

  commitAll(): void {
    const offsets = (this.assignment?.assigned ?? []).flatMap(({ topicId, partition }) => {
      const offset = this.#next.get(partition);
      return offset === undefined ? [] : [{ topicId, partition, offset }];
    });
    this.#stream.write({ commit: { sequence: 7, offsets } });
  }

  say(request: ConsumeRequest): void {
    this.#stream.write(request);
  }

  end(): void {
    this.#stream.end();
  }

  cancel(): void {
    this.#stream.cancel();
  }

  #heard({ assignment, records, committed, controlled }: ConsumeResponse__Output): void {
    if (controlled != null) {
      const code = controlled.error?.code ?? 'ok';
      this.controlled.push({ code });
    }
    if (assignment != null) {
      this.assignment = assignment;
      if (assignment.revoking.length > 0) {
        this.#stream.write({ revoked: { revision: assignment.revision } });
      }
    }
    if (committed != null) {
      const errors = committed.result?.partitions.map(({ error }) => error?.code) ?? [];
      this.commits.push(committed.error?.code ?? errors.find((code) => code !== undefined));
    }
    for (const entry of records?.entries ?? []) {
      assert.equal(entry.error ?? undefined, undefined);
      for (const { offset, value } of entry.records) {
        this.read.push(`${entry.partition}/${offset}`);
        this.values.add(String(value));
        this.#next.set(entry.partition, offset + 1);
      }
    }
  }
}

test('a group is read, committed, shared and taken over through Consume', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const client = stockClient(broker.server);
  t.after(() => client.close());
  const { admin, producer } = client;
  await unary(admin.CreateTopic.bind(admin), { name: 'orders', partitions: 4 });
  const produce = async (from: number, to: number): Promise<void> => {
    const entries = Array.from({ length: to - from }, (_, index) => ({
      topicName: 'orders',
      partition: (from + index) % 4,
      records: [{ value: Buffer.from(`v${from + index}`) }],
    }));
    await unary(producer.Produce.bind(producer), { entries });
  };
  await produce(0, 400);
  const first = new Consumer(client, 'g', 'first');
  await until(() => first.read.length === 400, 'all is read');
  assert.equal(new Set(first.read).size, 400);
  first.commitAll();
  await until(() => first.commits.length === 1, 'the commit is answered');
  assert.equal(first.commits[0], undefined);

  const second = new Consumer(client, 'g', 'second');
  await until(() => first.partitions === 2 && second.partitions === 2, 'the group is shared');
  assert.equal(second.read.length, 0, 'what was committed is not read again');
  await produce(400, 800);
  await until(() => first.read.length + second.read.length === 800, 'both read');
  assert.equal(new Set([...first.read, ...second.read]).size, 800);
  second.commitAll();
  await until(() => second.commits.length === 1, 'the second commit is answered');

  // It has not committed since: what it read is read again by the other.
  first.end();
  await until(() => second.partitions === 4, 'the other goes on');
  await until(() => second.values.size === 400, 'and reads what was not committed');
  assert.equal(second.read.length, 400);
  assert.ok(first.isEnded);
  const third = new Consumer(client, 'g', 'third');
  await until(() => second.partitions === 2 && third.partitions === 2, 'shared again');
  third.cancel();
  await until(() => second.partitions === 4, 'a broken stream is replaced after its session');
  assert.deepEqual([first.error, second.error], [undefined, undefined]);
});

test('partitions of a Consume are paused, resumed and sought, and its session goes on', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const client = stockClient(broker.server);
  t.after(() => client.close());
  const { admin, producer } = client;
  await unary(admin.CreateTopic.bind(admin), { name: 'orders', partitions: 2 });
  const produce = async (count: number): Promise<void> => {
    const entries = [0, 1].map((partition) => ({
      topicName: 'orders',
      partition,
      records: Array.from({ length: count }, () => ({ value: Buffer.from('v') })),
    }));
    await unary(producer.Produce.bind(producer), { entries });
  };
  const consumer = new Consumer(client, 'g', 'm');
  await until(() => consumer.partitions === 2, 'it has both');
  const topicId = consumer.assignment?.assigned[0]?.topicId ?? '';
  const of = (partition: number): string[] =>
    consumer.read.filter((name) => name.startsWith(`${partition}/`));
  const first = { partitions: [{ topicId, partitions: [0] }] };
  await produce(10);
  await until(() => consumer.read.length === 20, 'both are read');
  consumer.say({ pause: { sequence: 1, ...first } });
  await until(() => consumer.controlled.length === 1, 'paused');
  await produce(10);
  await until(() => of(1).length === 20, 'the other goes on');
  assert.equal(of(0).length, 10);
  consumer.say({ seek: { sequence: 2, seeks: [{ topicId, partition: 0, offset: 5 }] } });
  consumer.say({ resume: { sequence: 3 } });
  await until(() => of(0).length === 25, 'read from where it was sought');
  assert.deepEqual(
    of(0).slice(10),
    Array.from({ length: 15 }, (_, index) => `0/${5 + index}`),
  );
  consumer.say({ pause: { sequence: 4 } });
  consumer.say({ resume: { sequence: 5, ...first } });
  consumer.say({ seek: { sequence: 6, seeks: [{ topicId, partition: 1 }] } });
  await produce(1);
  await until(() => of(0).length === 26, 'one of them goes on where it was');
  assert.equal(of(1).length, 20);
  consumer.say({ resume: { sequence: 7 } });
  await until(() => of(1).length === 41, 'and the other from its earliest record');
  assert.ok(consumer.controlled.every(({ code }) => code === 'ok'));
  const other = { partitions: [{ topicId, partitions: [0, 7] }] };
  const wrong: [ConsumeRequest, string][] = [
    [{ pause: { sequence: 8, ...other } }, 'NOT_OWNER'],
    [{ seek: { sequence: 9, seeks: [{ topicId, partition: 7 }] } }, 'NOT_OWNER'],
    [{ seek: { sequence: 10 } }, 'INVALID_REQUEST'],
    [{ seek: { sequence: 11, seeks: [{ topicId, partition: 0, offset: -1 }] } }, 'INVALID_REQUEST'],
    [{ resume: { sequence: 12, partitions: [{ topicId: 'none' }] } }, 'INVALID_REQUEST'],
    [
      { pause: { sequence: 13, partitions: [{ topicId: 'x', partitions: [1] }] } },
      'INVALID_REQUEST',
    ],
  ];
  for (const [request] of wrong) consumer.say(request);
  await until(() => consumer.controlled.length === 7 + wrong.length, 'all are answered');
  assert.deepEqual(
    consumer.controlled.slice(7).map(({ code }) => code),
    wrong.map(([, code]) => code),
  );
  await produce(1);
  await until(() => of(0).length === 27, 'what was refused has paused nothing');
  assert.equal(consumer.error, undefined);
  consumer.end();
});

test('a Consume that begins wrong ends with a typed error', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const client = stockClient(broker.server);
  t.after(() => client.close());
  const cases: [ConsumeRequest, string][] = [
    [{}, 'INVALID_REQUEST'],
    [{ commit: { sequence: 1 } }, 'INVALID_REQUEST'],
    [{ start: { group: '', memberId: 'm', join: {} } }, 'INVALID_REQUEST'],
    [{ start: { group: 'g', memberId: '', join: {} } }, 'INVALID_REQUEST'],
    [{ start: { group: 'g', memberId: 'm', join: { assignor: 'best' } } }, 'UNKNOWN_ASSIGNOR'],
  ];
  for (const [first, code] of cases) {
    const consumer = new Consumer(client, 'g', 'm', first);
    await until(() => consumer.error !== undefined, `an error for ${JSON.stringify(first)}`);
    assert.equal(consumer.error, code, JSON.stringify(first));
  }
});
