/** Who may open a data directory, and how a broker that may not says so: exit code and one sentence, never a trace. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { launch } from './launch.ts';

const UNPRIVILEGED_UID = 65_534;

async function refusal(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  user: { readonly uid?: number } = {},
): Promise<{ code: number | null; sentence: string }> {
  const { code, stderr } = await launch(env, args, user).exited;
  const lines = stderr.trimEnd().split('\n');
  assert.ok(!stderr.includes('    at '), `a stack trace instead of a sentence: ${stderr}`);
  return { code, sentence: lines.at(-1) ?? '' };
}

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function stoppedBroker(t: TestContext): Promise<BrokerProcess> {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  assert.equal(await broker.stop(), 0);
  return broker;
}

test('a second broker on a directory that is in use exits 1 and says so; the first goes on', async (t) => {
  const first = await startBrokerProcess();
  t.after(() => first[Symbol.asyncDispose]());
  const second = await refusal({ MILLRACE_DATA: first.dataDir });
  assert.equal(second.code, 1);
  assert.match(second.sentence, /another (process|broker)|in use|locked/);
  assert.equal((await fetch(`http://127.0.0.1:${first.ports.http}/readyz`)).status, 200);
});

test('a directory of another cluster is refused with exit code 1', async (t) => {
  const { dataDir } = await stoppedBroker(t);
  const file = path.join(dataDir, 'broker-0', 'meta.json');
  const meta = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const clusterId = '00000000-0000-4000-8000-000000000000';
  await writeFile(file, JSON.stringify({ ...meta, clusterId }));
  const { code, sentence } = await refusal({ MILLRACE_DATA: dataDir });
  assert.equal(code, 1);
  assert.match(sentence, /cluster/);
});

test('a directory of another broker is refused with exit code 1', async (t) => {
  const { dataDir } = await stoppedBroker(t);
  const file = path.join(dataDir, 'broker-0', 'meta.json');
  const meta = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...meta, brokerId: 7 }));
  const { code, sentence } = await refusal({ MILLRACE_DATA: dataDir });
  assert.equal(code, 1);
  assert.match(sentence, /broker 7|brokerId/i);
});

test('meta.json that is not one, or of a later version, is refused with exit code 1', async (t) => {
  const { dataDir } = await stoppedBroker(t);
  const file = path.join(dataDir, 'broker-0', 'meta.json');
  const whole = await readFile(file, 'utf8');
  const meta = JSON.parse(whole) as Record<string, unknown>;
  const damaged = [
    '',
    '{"formatVersion":',
    JSON.stringify({ ...meta, formatVersion: 999 }),
    JSON.stringify({ ...meta, brokerId: -1 }),
  ];
  for (const text of damaged) {
    await writeFile(file, text);
    const { code, sentence } = await refusal({ MILLRACE_DATA: dataDir });
    assert.equal(code, 1, `${text}: ${sentence}`);
    assert.match(sentence, /^millrace: .+/, text);
  }
  await writeFile(file, whole);
  const again = await startBrokerProcess({ dataDir });
  await again.kill();
});

test('an unknown flag, a bad value and an unknown variable exit 2', async (t) => {
  const dataDir = await temporary(t);
  const unknown = await refusal({ MILLRACE_DATA: dataDir }, ['--cleint-port', '1']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.sentence, /cleint-port/);
  const bad = await refusal({ MILLRACE_DATA: dataDir, MILLRACE_CHECKPOINT_MS: 'soon' });
  assert.equal(bad.code, 2);
  assert.match(bad.sentence, /soon/);
  assert.deepEqual(await readdir(dataDir), [], 'nothing is written by a wrong command line');
});

test('a directory that can not be written exits 1', async (t) => {
  const dataDir = await temporary(t);
  await chmod(dataDir, 0o555);
  const asUser = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_UID } : {};
  const { code, sentence } = await refusal({ MILLRACE_DATA: path.join(dataDir, 'x') }, [], asUser);
  assert.equal(code, 1);
  assert.match(sentence, /EACCES|permission|not writable/i);
});

test('a data directory that is a file exits 1', async (t) => {
  const dataDir = path.join(await temporary(t), 'file');
  await writeFile(dataDir, 'not a directory');
  const { code, sentence } = await refusal({ MILLRACE_DATA: dataDir });
  assert.equal(code, 1);
  assert.match(sentence, /^millrace: .+/);
});

test('a port that is taken exits 1 and names it', async (t) => {
  const first = await startBrokerProcess();
  t.after(() => first[Symbol.asyncDispose]());
  for (const port of ['CLIENT', 'DATA', 'HTTP'] as const) {
    const taken = String(first.ports[port.toLowerCase() as 'client' | 'data' | 'http']);
    const dataDir = await temporary(t);
    const { code, sentence } = await refusal({
      MILLRACE_DATA: dataDir,
      [`MILLRACE_${port}_PORT`]: taken,
    });
    assert.equal(code, 1, sentence);
    assert.ok(sentence.includes(taken), sentence);
  }
});
