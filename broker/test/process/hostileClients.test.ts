/** Clients that pin what they can: the broker's memory stays bounded, and a healthy client goes on. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { type Bystander, bystander } from './bystander.ts';
import { forgetPeak, peakResidentMiB, residentMiB } from './residentMemory.ts';

const MIB = 2 ** 20;
const BIG_BYTES = 48 * MIB;
/** Gigabytes without limits. All kinds follow each other in one process, which gives little back to the system. */
const PEAK_MIB_MAX = 550;
const HOLD_MS = Number(process.env.MILLRACE_HOSTILE_MS ?? 600);

let broker: BrokerProcess;
let healthy: Bystander;

before(async () => {
  broker = await startBrokerProcess();
  healthy = await bystander(broker.server);
  const client = new Millrace({ server: broker.server });
  await client.admin.createTopic({ name: 'big', config: { batchBytesMax: '2MiB' } });
  await client.admin.createTopic({ name: 'small', config: { durability: 'async' } });
  const producer = client.producer({ batchBytes: MIB, lingerMs: 20 });
  const value = Buffer.alloc(64 * 1024, 'x');
  const sends = Array.from({ length: BIG_BYTES / value.length }, () =>
    producer.send({ topic: 'big', partition: 0, value }),
  );
  await Promise.all(sends);
  await client.close();
});

after(async () => {
  await healthy.close();
  await broker[Symbol.asyncDispose]();
});

async function hostile(kind: string, port: number, connections: number, streams: number) {
  const file = path.join(import.meta.dirname, 'hostileClient.ts');
  const args = [file, kind, String(port), String(connections), String(streams)];
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  assert.ok(child.stdout !== null);
  await once(child.stdout, 'data');
  return {
    freeze: () => void child.kill('SIGSTOP'),
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** While it is held, the bystander goes on. */
async function hold(): Promise<void> {
  const until = performance.now() + HOLD_MS;
  while (performance.now() < until) {
    await healthy.roundTrip();
    await delay(20);
  }
}

const CASES: [kind: string, listener: 'client' | 'data', connections: number, streams: number][] = [
  ['fetch', 'client', 4, 100],
  ['fetch', 'data', 4, 100],
  ['fetch-records', 'client', 2, 200],
  ['fetch-records', 'data', 2, 200],
  ['fetch-once', 'client', 2, 100],
  ['produce', 'client', 2, 20],
  ['produce', 'data', 2, 20],
  ['half-open', 'client', 2, 60],
];

for (const [kind, listener, connections, streams] of CASES) {
  const many = `${connections} x ${streams} streams`;
  test(`${many} of a client that only pins memory by ${kind}, ${listener} port`, async (t) => {
    forgetPeak(broker.pid);
    const client = await hostile(kind, broker.ports[listener], connections, streams);
    try {
      if (kind === 'fetch') client.freeze();
      await hold();
      const now = Math.round(residentMiB(broker.pid) ?? 0);
      const peak = Math.round(peakResidentMiB(broker.pid) ?? 0);
      t.diagnostic(`${now} MiB now, ${peak} MiB at most`);
      assert.ok(peak < PEAK_MIB_MAX, `the broker came to ${peak} MiB`);
    } finally {
      await client.end();
    }
    await healthy.roundTrip();
    assert.ok(
      !/uncaught|unhandled|a handler threw/.test(broker.diagnostics()),
      broker.diagnostics(),
    );
  });
}
