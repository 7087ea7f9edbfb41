import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BROKER_TABLE } from '@millrace/core/brokerConfig';
import { MillraceError } from '@millrace/core/errors';
import { resolveConfig } from '@millrace/core/resolveConfig';
import { withPodSettings } from '../src/podSettings.ts';

function settings(env: Readonly<Record<string, string>>, hostname = 'prod-broker-2') {
  const { config, sources } = resolveConfig(BROKER_TABLE, { env });
  return withPodSettings(config, sources, hostname);
}

const POD = {
  MILLRACE_STORE: 'kubernetes',
  MILLRACE_CLUSTER_NAME: 'prod',
  MILLRACE_NAMESPACE: 'streams',
};

it('a pod is the broker of its number, on all addresses, under the name of the headless Service', () => {
  const { brokerId, host, advertisedHost } = settings(POD);
  assert.equal(brokerId, 2);
  assert.equal(host, '0.0.0.0');
  assert.equal(advertisedHost, 'prod-broker-2.prod-brokers.streams.svc');
});

it('its address comes before the name, which is cached', () => {
  const { advertisedHost } = settings({ ...POD, MILLRACE_POD_IP: '10.61.2.7' });
  assert.equal(advertisedHost, '10.61.2.7');
});

it('the name of the pod comes before that of the machine', () => {
  const { brokerId, advertisedHost } = settings({ ...POD, MILLRACE_POD_NAME: 'prod-broker-11' });
  assert.equal(brokerId, 11);
  assert.equal(advertisedHost, 'prod-broker-11.prod-brokers.streams.svc');
});

it('what is given stays', () => {
  const given = {
    MILLRACE_BROKER_ID: '5',
    MILLRACE_HOST: '127.0.0.1',
    MILLRACE_ADVERTISED_HOST: 'broker.example',
  };
  const { brokerId, host, advertisedHost } = settings({ ...POD, ...given }, 'laptop');
  assert.deepEqual([brokerId, host, advertisedHost], [5, '127.0.0.1', 'broker.example']);
});

it('a pod without a number is refused', () => {
  assert.throws(
    () => settings(POD, 'prod-broker'),
    (error) => error instanceof MillraceError && error.code === 'INVALID_CONFIG',
  );
});

it('an embedded broker is what its configuration says', () => {
  const { brokerId, host, advertisedHost } = settings({}, 'machine-7');
  assert.deepEqual([brokerId, host, advertisedHost], [0, '127.0.0.1', '']);
});
