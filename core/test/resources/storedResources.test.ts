import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { MillraceError } from '../../src/errors.ts';
import { parseBrokerSpec, parseBrokerStatus } from '../../src/resources/broker.ts';
import {
  parseClusterStateSpec,
  parseClusterStateStatus,
} from '../../src/resources/clusterState.ts';
import {
  parseAssignmentSpec,
  parseAssignmentStatus,
} from '../../src/resources/partitionAssignment.ts';
import { parseTopicSpec, parseTopicStatus } from '../../src/resources/topic.ts';

const TOPIC_ID = '0f8b7d7e-3c1f-4a53-9d0a-6a2f4d1c9b11';
const CLUSTER_ID = '5a1f0f5e-8f0e-4f5b-8d53-0b7a3c2e4d66';

const PARTITION = {
  p: 200,
  initialized: true,
  replicas: [0, 1],
  adding: [],
  leader: '0:aaaaaaaaaaaa:bbbbbbbbbbbb',
  isr: ['0:aaaaaaaaaaaa', '1:cccccccccccc'],
  eligible: [],
  leaderEpoch: 3,
  epoch: 4,
  minIsr: 1,
  uncleanEpoch: -1,
};
const ASSIGNMENT_SPEC = {
  topicId: TOPIC_ID,
  topicName: '__groups',
  clusterId: CLUSTER_ID,
  chunk: 1,
  config: { retentionMs: '1' },
  replicas: [[0, 1]],
  deletionPolicy: 'Delete',
  deleted: false,
};
const ASSIGNMENT_STATUS = { formatVersion: 1, controllerEpoch: 9, partitions: [PARTITION] };
const BROKER_STATUS = {
  bootId: 'bbbbbbbbbbbb',
  fenced: false,
  rack: '',
  endpoints: [{ listener: 'client', protocol: 'grpc', host: '::1', port: 7071, tls: false }],
  features: { min: 1, max: 2 },
};
const TOPIC_SPEC = { topicName: 'a', partitions: 3, replicationFactor: 1, config: {} };

const RESOURCES = [
  ['assignment spec', parseAssignmentSpec, ASSIGNMENT_SPEC],
  ['assignment status', parseAssignmentStatus, ASSIGNMENT_STATUS],
  ['broker spec', parseBrokerSpec, { cordoned: false, draining: true }],
  ['broker status', parseBrokerStatus, BROKER_STATUS],
  ['cluster state spec', parseClusterStateSpec, { clusterId: CLUSTER_ID, featureLevel: 1 }],
  ['cluster state status', parseClusterStateStatus, { featureLevel: 1, producerIdNext: 2 ** 40 }],
  ['topic spec', parseTopicSpec, TOPIC_SPEC],
  ['topic status', parseTopicStatus, { topicId: TOPIC_ID }],
] as const;

function corrupt(naming: string) {
  return (error: unknown): boolean =>
    error instanceof MillraceError &&
    error.code === 'CORRUPT_STATE' &&
    error.message.startsWith(naming);
}

describe('a stored resource', () => {
  for (const [name, parse, sound] of RESOURCES) {
    it(`(${name}) that is sound is taken as it is, with fields that are not known`, () => {
      assert.equal(parse(sound), sound);
      const newer = { ...sound, mirror: { from: 'x' } };
      assert.deepEqual(parse(newer), newer);
    });

    it(`(${name}) that lacks a field, or is no object, is refused by the path of what is wrong`, () => {
      for (const field of Object.keys(sound)) {
        const { [field]: _, ...rest } = { ...sound } as Record<string, unknown>;
        assert.throws(
          () => parse(rest),
          corrupt(`${name.endsWith('spec') ? 'spec' : 'status'}.${field}`),
        );
      }
      for (const other of [undefined, null, 0, 'x', [], true]) {
        assert.throws(() => parse(other), corrupt(name.endsWith('spec') ? 'spec' : 'status'));
      }
    });

    it(`(${name}) with anything in any place is taken or refused with a typed error`, () => {
      const places = leaves(sound);
      fc.assert(
        fc.property(
          fc.constantFrom(...places),
          fc.oneof(
            fc.anything(),
            fc.constantFrom(-1, 2 ** 31, 2 ** 53, 1.5, Number.NaN, Infinity, '../x', '0:x', ''),
          ),
          (place, value) => {
            const changed = replaced(sound, place, value);
            try {
              assert.equal(parse(changed), changed);
            } catch (error) {
              assert.ok(error instanceof MillraceError, String(error));
              assert.equal(error.outcome, 'not-applied');
            }
          },
        ),
        { numRuns: 300 },
      );
    });
  }

  const partition = (change: object) => ({
    ...ASSIGNMENT_STATUS,
    partitions: [{ ...PARTITION, ...change }],
  });
  const wrong: [string, () => unknown, string][] = [
    [
      'a partition in another place',
      () => parseAssignmentStatus(partition({ p: 201 })),
      'status.partitions[0].p',
    ],
    [
      'a partition past the last',
      () => parseAssignmentStatus(partition({ p: 10_000 })),
      'status.partitions[0].p',
    ],
    [
      'a broker that comes twice',
      () => parseAssignmentStatus(partition({ replicas: [1, 1] })),
      'status.partitions[0].replicas',
    ],
    [
      'a copy that comes twice',
      () => parseAssignmentStatus(partition({ isr: ['0:aaaaaaaaaaaa', '0:aaaaaaaaaaaa'] })),
      'status.partitions[0].isr',
    ],
    [
      'a copy without broker',
      () => parseAssignmentStatus(partition({ isr: [':aaaaaaaaaaaa'] })),
      'status.partitions[0].isr[0]',
    ],
    [
      'a copy with a boot',
      () => parseAssignmentStatus(partition({ isr: ['0:aaaaaaaaaaaa:bbbbbbbbbbbb'] })),
      'status.partitions[0].isr[0]',
    ],
    [
      'a broker id with leading zeros',
      () => parseAssignmentStatus(partition({ isr: ['00:aaaaaaaaaaaa'] })),
      'status.partitions[0].isr[0]',
    ],
    [
      'a leader without boot',
      () => parseAssignmentStatus(partition({ leader: '0:aaaaaaaaaaaa' })),
      'status.partitions[0].leader',
    ],
    [
      'minIsr 0',
      () => parseAssignmentStatus(partition({ minIsr: 0 })),
      'status.partitions[0].minIsr',
    ],
    [
      '201 partitions',
      () => parseAssignmentSpec({ ...ASSIGNMENT_SPEC, replicas: Array(201).fill([0]) }),
      'spec.replicas.length',
    ],
    [
      'a name that is a path',
      () => parseTopicSpec({ ...TOPIC_SPEC, topicName: '../x' }),
      'spec.topicName',
    ],
    [
      'a config value that is no string',
      () => parseTopicSpec({ ...TOPIC_SPEC, config: { a: 1 } }),
      'spec.config.a',
    ],
    [
      'feature levels upside down',
      () => parseBrokerStatus({ ...BROKER_STATUS, features: { min: 2, max: 1 } }),
      'status.features.max',
    ],
  ];
  for (const [what, parse, path] of wrong) {
    it(`with ${what} is refused`, () => {
      assert.throws(parse, corrupt(path));
    });
  }

  it('may be leaderless', () => {
    assert.ok(parseAssignmentStatus(partition({ leader: null, isr: [] })));
  });

  it('of a newer format is an unsupported version, not corruption', () => {
    assert.throws(
      () => parseAssignmentStatus({ ...ASSIGNMENT_STATUS, formatVersion: 2, partitions: 'other' }),
      (error) => error instanceof MillraceError && error.code === 'UNSUPPORTED_VERSION',
    );
  });
});

type Place = readonly (string | number)[];

/** Every place in a JSON value, the root too. */
function leaves(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Array.isArray(value)
    ? value.flatMap((entry, index) => leaves(entry, [...at, index]))
    : Object.entries(value).flatMap(([key, entry]) => leaves(entry, [...at, key]));
  return [at, ...below];
}

function replaced(value: unknown, [first, ...rest]: Place, by: unknown): unknown {
  if (first === undefined) return by;
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<number, unknown>)
    : { ...(value as Record<string, unknown>) };
  copy[first] = replaced(copy[first], rest, by);
  return copy;
}
