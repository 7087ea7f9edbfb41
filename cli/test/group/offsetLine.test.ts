import assert from 'node:assert/strict';
import test from 'node:test';
import { parseOffsetLines } from '../../src/group/offsetLine.ts';
import { resetTarget, type TargetOptions } from '../../src/group/resetTarget.ts';

const LINE = { group: 'g', topic: 't', partition: 0, offset: 4 };

test('lines of offsets are read; what export adds is let be', () => {
  const exported = JSON.stringify({ ...LINE, metadata: 'm', commitMs: 5 });
  const other = JSON.stringify({ ...LINE, partition: 1 });
  assert.deepEqual(parseOffsetLines(`${exported}\n\n${other}\n`), [
    LINE,
    { ...LINE, partition: 1 },
  ]);
});

test('a line that is wrong is named', () => {
  const refused = (line: unknown, message: RegExp): void => {
    const text = `${JSON.stringify(LINE)}\n${typeof line === 'string' ? line : JSON.stringify(line)}\n`;
    assert.throws(() => parseOffsetLines(text), { name: 'InputError', message });
  };
  refused('{', /^line 2: it is no JSON/);
  refused([], /^line 2: it is no object/);
  refused({ ...LINE, group: '' }, /group is no name/);
  refused({ ...LINE, topic: 5 }, /topic is no name/);
  refused({ ...LINE, partition: -1 }, /partition is no number/);
  refused({ ...LINE, partition: 2 ** 31 }, /partition is no number/);
  refused({ ...LINE, offset: 1.5 }, /offset is no offset/);
  refused({ ...LINE, offset: 2 ** 60 }, /offset is no offset/);
  refused({ ...LINE, ofset: 4 }, /there is no field "ofset"/);
  refused(LINE, /t:0 of g is there twice/);
  assert.throws(() => parseOffsetLines('\n'), /the file has no offsets/);
});

test('a reset leads to one place', () => {
  const of = (options: TargetOptions) => resetTarget(options, 10_000);
  assert.deepEqual(of({ toEarliest: true }), { kind: 'earliest' });
  assert.deepEqual(of({ toTime: '-5s' }), { kind: 'time', timestampMs: 5000 });
  assert.deepEqual(of({ shift: -3 }), { kind: 'shift', by: -3 });
  assert.deepEqual(of({ fromGroup: 'g' }), { kind: 'group', group: 'g' });
  assert.throws(() => of({}), { name: 'UsageError' });
  assert.throws(() => of({ toLatest: true, toOffset: 0 }), { name: 'UsageError' });
});
