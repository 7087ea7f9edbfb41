import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePlan } from '../../src/reassign/planFile.ts';

test('a plan is read as plan prints it, and in the form of Kafka', () => {
  const change = { topic: 't', partition: 1, replicas: [2, 0] };
  const printed = { reassignments: [{ ...change, from: [0, 1], bytes: null }] };
  assert.deepEqual(parsePlan(JSON.stringify(printed)), [change]);
  const kafka = { version: 1, partitions: [{ ...change, log_dirs: ['any', 'any'] }] };
  assert.deepEqual(parsePlan(JSON.stringify(kafka)), [change]);
  assert.deepEqual(parsePlan('{"reassignments":[]}'), []);
});

test('what is no plan is refused with the place that is wrong', () => {
  const change = { topic: 't', partition: 1, replicas: [2] };
  const cases: [unknown, RegExp][] = [
    [[], /no list "reassignments"/],
    [null, /no list/],
    [{ reassignments: {} }, /no list/],
    [{ reassignments: [change, 7] }, /reassignments\[1\] is no object/],
    [{ reassignments: [{ ...change, topic: '' }] }, /\[0\]\.topic/],
    [{ reassignments: [{ ...change, partition: -1 }] }, /\[0\]\.partition/],
    [{ reassignments: [{ ...change, partition: 2 ** 31 }] }, /\[0\]\.partition/],
    [{ reassignments: [{ ...change, replicas: [] }] }, /\[0\]\.replicas/],
    [{ reassignments: [{ ...change, replicas: [1.5] }] }, /\[0\]\.replicas/],
    [{ reassignments: [{ ...change, replicas: 'x' }] }, /\[0\]\.replicas/],
  ];
  for (const [plan, message] of cases) {
    assert.throws(() => parsePlan(JSON.stringify(plan)), { name: 'InputError', message });
  }
  assert.throws(() => parsePlan('{'), { name: 'InputError', message: /no JSON/ });
});
