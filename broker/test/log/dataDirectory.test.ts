import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterId } from '@millrace/core/ids';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { DataDirectory } from '../../src/log/directory/dataDirectory.ts';
import { formattedDisk, simMachine } from '../io/sim/simMachine.ts';
import { topicId } from './directoryWorld.ts';

const clusterId = '0f0e0d0c-0b0a-4908-8706-050403020100' as ClusterId;

function directoryOn(disk = formattedDisk('/disk')) {
  const machine = simMachine(1, undefined, disk);
  return { ...machine, data: new DataDirectory(machine.storage, machine.clock, '/disk/a/data') };
}

test('its folders survive a power loss, those above it too', async () => {
  const { data, disk, scheduler } = directoryOn();
  await scheduler.settle(data.create('/disk/b/journal'));
  const after = disk.afterPowerLoss('none', new SeededRandom(1));
  for (const path of ['/disk/a/data/topics', '/disk/a/data/trash', '/disk/b/journal']) {
    assert.ok(after.exists(path), path);
  }
});

test('meta.json and the marker have bytes that never change', async () => {
  const { data, storage, scheduler } = directoryOn();
  await scheduler.settle(data.create('/disk/a/data/journal'));
  assert.equal(data.readMeta(), undefined);
  assert.equal(data.readMarker(), undefined);
  await scheduler.settle(data.writeMeta({ clusterId, brokerId: 7 }));
  assert.equal(
    storage.readFile('/disk/a/data/meta.json').toString(),
    `{"formatVersion":1,"clusterId":"${clusterId}","brokerId":7}\n`,
  );
  assert.deepEqual(data.readMeta(), { clusterId, brokerId: 7 });
  const marker = { journalId: '00'.repeat(16), sequence: 42 };
  await scheduler.settle(data.writeMarker(marker));
  assert.equal(
    storage.readFile('/disk/a/data/clean').toString(),
    'millrace-clean 1 00000000000000000000000000000000 42\n',
  );
  assert.deepEqual(data.readMarker(), marker);
  await scheduler.settle(data.removeMarker());
  assert.equal(data.readMarker(), undefined);
});

test('a damaged marker is none, a damaged meta.json is refused', async () => {
  const { data, storage, scheduler } = directoryOn();
  await scheduler.settle(data.create('/disk/a/data/journal'));
  const write = (name: string, text: string): Promise<void> =>
    scheduler.settle(storage.replaceFile(`/disk/a/data/${name}`, Buffer.from(text)));
  for (const text of ['', 'millrace-clean 1 00', 'millrace-clean 2 x 1\n', '\0'.repeat(60)]) {
    await write('clean', text);
    assert.equal(data.readMarker(), undefined);
  }
  const damaged = ['', '{', 'null', '[]', '{}', '{"formatVersion":1,"clusterId":"x","brokerId":1}'];
  for (const text of damaged) {
    await write('meta.json', text);
    assert.throws(() => data.readMeta(), { code: 'STORAGE_FAILED', outcome: 'not-applied' });
  }
  await write('meta.json', '{"formatVersion":2}');
  assert.throws(() => data.readMeta(), { code: 'UNSUPPORTED_VERSION' });
});

test('only partitions of topics are listed', async () => {
  const { data, storage, scheduler } = directoryOn();
  await scheduler.settle(data.create('/disk/a/data/journal'));
  for (const name of ['0', '12', '01', '-1', 'x', '0.tmp']) {
    storage.mkdir(`/disk/a/data/topics/${topicId}/${name}`);
  }
  storage.mkdir('/disk/a/data/topics/not-a-topic/0');
  storage.open(`/disk/a/data/topics/${topicId}/3`, 'create').close();
  assert.deepEqual(Array.from(data.partitions()), [
    { topicId, partition: 0, directory: data.partition(topicId, 0) },
    { topicId, partition: 12, directory: data.partition(topicId, 12) },
  ]);
});
