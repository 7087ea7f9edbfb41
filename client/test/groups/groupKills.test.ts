/**
 * Three brokers, members as processes: one member is killed, one stands still past its session, the coordinator is killed.
 * Nothing acknowledged is missed, nothing has two owners, commits go on.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { partitionForKey } from '@millrace/core/murmur2';
import type { GroupConsumer } from '../../src/groups/groupConsumer.ts';
import { partitionName } from '../../src/groups/topicPartition.ts';
import { Millrace } from '../../src/millrace.ts';
import { ThreeBrokers, until } from '../threeBrokers.ts';
import { monotonicMs, type OwnerEvent, OwnerLedger } from './ownerLedger.ts';

const MEMBER = path.join(import.meta.dirname, 'memberProcess.ts');
const GROUP = 'billing';
const TOPIC = 'orders';
const PARTITIONS = 6;
const SESSION_MS = 5000;

function startMember(
  t: TestContext,
  cluster: ThreeBrokers,
  name: string,
  ledger: OwnerLedger,
): ChildProcess {
  const args = [MEMBER, cluster.servers.join(','), GROUP, TOPIC, String(SESSION_MS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  assert.ok(child.stdout !== null);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { atMs, event } = JSON.parse(line) as { atMs: number; event: OwnerEvent };
    ledger.note(name, event, atMs);
  });
  return child;
}

/** Sends until it is over; names of what was acknowledged. */
function keepProducing(client: Millrace): { readonly stop: () => Promise<Set<string>> } {
  const producer = client.producer({ lingerMs: 5 });
  const acknowledged = new Set<string>();
  let isOver = false;
  const producing = (async () => {
    while (!isOver) {
      const sends = Array.from({ length: PARTITIONS }, (_, partition) =>
        producer.send({ topic: TOPIC, partition, value: 'v' }),
      );
      for (const { partition, offset } of await Promise.all(sends)) {
        acknowledged.add(`${TOPIC}/${partition}@${offset}`);
      }
      await delay(20);
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await producing;
      return acknowledged;
    },
  };
}

/** What of the present partitions is committed. */
function noteCommits(consumer: GroupConsumer, committed: Map<string, number>): void {
  for (const of of consumer.assignment) {
    committed.set(partitionName(of), consumer.position(of).committed ?? 0);
  }
}

/** When others had got a record of each of what the killed one had, in milliseconds after `sinceMs`. */
function takenOverAfterMs(
  ledger: OwnerLedger,
  partitions: Iterable<string>,
  sinceMs: number,
): number {
  const firsts = [...partitions].map((one) => ledger.firstDeliveryMs(one, sinceMs, 'killed'));
  return Math.max(...firsts) - sinceMs;
}

test('members and coordinator are killed and paused: all is delivered, by one owner, and commits go on', async (t) => {
  const startMs = performance.now();
  const after = (what: string): void =>
    t.diagnostic(`${Math.round(performance.now() - startMs)} ms: ${what}`);
  const cluster = await ThreeBrokers.start(t);
  after('three brokers');
  await cluster.createTopic(TOPIC, PARTITIONS);
  const ledger = new OwnerLedger();
  const production = keepProducing(cluster.client);
  t.after(() => void production.stop().catch(() => {}));
  const client = new Millrace({ server: cluster.servers });
  t.after(() => client.close().catch(() => {}));
  const own = client.consumer(
    ledger.watching('own', {
      group: GROUP,
      topics: [TOPIC],
      assignor: 'sticky',
      sessionTimeoutMs: SESSION_MS,
    }),
  );
  const reading = (async () => {
    for await (const record of own) ledger.delivered('own', record);
  })();
  /** Acknowledged, by partition. */
  const committed = new Map<string, number>();
  const killed = startMember(t, cluster, 'killed', ledger);
  const paused = startMember(t, cluster, 'paused', ledger);
  await until(
    () => ledger.shares(['own', 'killed', 'paused']).join() === '2,2,2',
    'shared by three',
  );
  after('shared by three');

  const killedHad = [...(ledger.owners.get('killed') ?? [])];
  const killedMs = monotonicMs();
  killed.kill('SIGKILL');
  await until(() => ledger.shares(['own', 'paused']).join() === '3,3', 'shared by two');
  await until(
    () => Number.isFinite(takenOverAfterMs(ledger, killedHad, killedMs)),
    'and delivered',
  );
  const takenMs = takenOverAfterMs(ledger, killedHad, killedMs);
  t.diagnostic(
    `killed member: delivered elsewhere after ${Math.round(takenMs)} ms, session ${SESSION_MS} ms`,
  );

  after('a killed member is replaced');

  paused.kill('SIGSTOP');
  await until(() => ledger.shares(['own']).join() === '6', 'the one that stands still is replaced');
  paused.kill('SIGCONT');
  await until(() => ledger.shares(['own', 'paused']).join() === '3,3', 'it is back');
  after('one that stood still is back');

  const { partitionDetails } = await cluster.client.admin.describeTopic('__groups');
  const coordinator =
    partitionDetails[partitionForKey(GROUP, partitionDetails.length)]?.leader ?? -1;
  await own.commit();
  noteCommits(own, committed);
  const coordinatorMs = performance.now();
  await cluster.broker(coordinator).kill();
  await own.commit();
  t.diagnostic(
    `killed coordinator: a commit was answered after ${Math.round(performance.now() - coordinatorMs)} ms`,
  );
  noteCommits(own, committed);
  after('commits go on without the coordinator');
  const acknowledged = await production.stop();
  await until(
    () => acknowledged.isSubsetOf(ledger.records),
    'all that was acknowledged is delivered',
  );
  await until(() => ledger.shares(['own', 'paused']).join() === '3,3', 'as before');
  await own.commit();
  noteCommits(own, committed);
  await own.close();
  await reading;
  const ended = once(paused, 'close');
  paused.kill('SIGTERM');
  await ended;

  after('all is delivered');
  const next = client.consumer({ group: GROUP, topics: [TOPIC], sessionTimeoutMs: SESSION_MS });
  const running = next.run({ eachRecord: () => {} });
  await until(() => next.assignment.length === PARTITIONS, 'the next one has all');
  for (const of of next.assignment) {
    const least = committed.get(partitionName(of)) ?? 0;
    assert.ok(
      (next.position(of).committed ?? -1) >= least,
      'the last commit is what the next gets',
    );
  }
  await next.close();
  await running;
  // On a loaded machine this process stands still, too.
  ledger.assertOneOwner(new Set(['killed', 'paused', 'own']));
  t.diagnostic(
    `${acknowledged.size} records, ${ledger.deliveries - ledger.records.size} delivered again`,
  );
});
