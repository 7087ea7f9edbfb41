/** `consume -g` as processes against a real broker: what was printed is committed, and nothing else. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { Millrace } from '@millrace/client/millrace';
import { type BrokerProcess, startBrokerProcess } from '../../client/test/brokerProcess.ts';
import { ended, MillraceCommands } from './millraceProcess.ts';

let broker: BrokerProcess;
let client: Millrace;
let millrace: MillraceCommands;

before(async () => {
  broker = await startBrokerProcess();
  client = new Millrace({ server: broker.server });
  millrace = new MillraceCommands(broker.server);
});

after(async () => {
  await client.close();
  await broker[Symbol.asyncDispose]();
});

const lines = (text: string): string[] => text.split('\n').slice(0, -1);

async function topic(name: string, values: number): Promise<void> {
  await client.admin.createTopic({ name, partitions: 2 });
  const producer = client.producer();
  const sends = Array.from({ length: values }, (_, n) =>
    producer.send({ topic: name, partition: n % 2, value: `${n}` }),
  );
  await Promise.all(sends);
}

test('a group goes on where it was: by count, to the end, and after SIGINT', async () => {
  await topic('plain', 100);
  const some = lines(await millrace.output(['consume', 'plain', '-g', 'g', '-c', '30']));
  assert.equal(some.length, 30);
  const rest = lines(await millrace.output(['consume', 'plain', '-g', 'g', '-e']));
  assert.equal(new Set([...some, ...rest]).size, 100);
  assert.equal(rest.length, 70, 'nothing that was printed is printed again');

  const member = millrace.start('consume', 'plain', '-g', 'other');
  const result = ended(member);
  await once(member.stdout, 'data');
  member.kill('SIGINT');
  const { code, stdout } = await result;
  assert.equal(code, 0);
  const first = lines(stdout);
  const after = first.length === 100 ? [] : await restOf('other', 'plain');
  assert.equal(new Set([...first, ...after]).size, 100);
  assert.equal(first.length + after.length, 100);
});

test('a reader that goes away is no error, and what it was given is not given again', async () => {
  await topic('piped', 20);
  const member = millrace.start('consume', 'piped', '-g', 'g');
  const closed = once(member, 'close');
  await once(member.stdout, 'data');
  member.stdout.destroy();
  // The next write finds nobody.
  const producer = client.producer();
  const sending = setInterval(() => producer.append({ topic: 'piped', value: 'more' }), 20);
  const [code] = (await closed) as [number | null];
  clearInterval(sending);
  await producer.flush();
  assert.equal(code, 0);
  const rest = await restOf('g', 'piped');
  assert.ok(rest.includes('more'));
});

test('what does not go together is said', async () => {
  for (const args of [
    ['-p', '0'],
    ['-o', '5'],
    ['-o', 'start:end'],
  ]) {
    const { code, stderr } = await millrace.run(['consume', 'plain', '-g', 'g', ...args]);
    assert.equal(code, 2, stderr);
  }
});

async function restOf(group: string, name: string): Promise<string[]> {
  return lines(await millrace.output(['consume', name, '-g', group, '-e']));
}
