import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenFiles } from '../../src/log/segment/openFiles.ts';
import { formattedDisk, simMachine } from '../io/sim/simMachine.ts';

function machine() {
  const { storage, scheduler } = simMachine(1, undefined, formattedDisk('/data'));
  for (let index = 0; index < 5; index++) storage.open(`/data/${index}`, 'create').close();
  return { files: new OpenFiles(storage, 2), scheduler };
}

test('the file least recently used is closed, and opened again when it is used', () => {
  const { files } = machine();
  const first = files.use('/data/0');
  files.use('/data/1');
  assert.equal(files.use('/data/0'), first);
  files.use('/data/2');
  assert.equal(files.size, 2);
  assert.equal(files.use('/data/0'), first);
  assert.notEqual(files.use('/data/1'), undefined);
  files.use('/data/2');
  assert.throws(() => first.size(), { code: 'EBADF' });
  assert.equal(files.use('/data/0').size(), 0);
});

test('pinned files stay open over the limit until they are let go', () => {
  const { files } = machine();
  const pinned = ['/data/0', '/data/1', '/data/2'].map((path) => files.pin(path));
  const used = files.use('/data/3');
  assert.equal(used.size(), 0);
  assert.equal(files.use('/data/4').size(), 0);
  for (const file of pinned) assert.equal(file.size(), 0);
  assert.equal(files.pin('/data/0'), pinned[0]);
  for (const path of ['/data/0', '/data/1', '/data/2']) files.unpin(path);
  assert.equal(files.size, 2);
});

test('an operation begun before the file is closed ends well', async () => {
  const { files, scheduler } = machine();
  const file = files.pin('/data/0');
  file.writeNow([Buffer.from('abc')], 0);
  const bytes = Buffer.alloc(3);
  const read = file.read(bytes, 0);
  files.forget('/data/0');
  assert.equal(await scheduler.settle(read), 3);
  assert.equal(bytes.toString(), 'abc');
  assert.equal(files.size, 0);
  files.unpin('/data/0');
});
