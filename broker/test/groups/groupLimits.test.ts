import assert from 'node:assert/strict';
import test from 'node:test';
import { BROKER_TABLE } from '@millrace/core/brokerConfig';
import { resolveConfig } from '@millrace/core/resolveConfig';
import { groupOptions } from '../../src/engine/groupOptions.ts';
import { GROUP_LIMITS } from '../../src/groups/groupLimits.ts';

function optionsOf(flags: Record<string, string>) {
  return groupOptions(resolveConfig(BROKER_TABLE, { file: undefined, env: {}, flags }).config);
}

test('without configuration the limits of groups are the defaults', () => {
  assert.deepEqual(optionsOf({}).limits, GROUP_LIMITS);
});

test('every limit of groups is configuration', () => {
  const { limits, lag } = optionsOf({
    'groups-max': '5',
    'group-members-max': '6',
    'group-joins-per-second-max': '7',
    'group-metadata-bytes-max': '8',
    'group-session-timeout-ms': '9s',
    'group-rebalance-timeout-ms': '10s',
    'group-offset-retention-ms': '11m',
    'group-lag-ms': '12s',
    'group-lag-partitions-max': '13',
  });
  assert.deepEqual(limits, {
    groupsMax: 5,
    membersMax: 6,
    joinsPerSecond: 7,
    metadataBytesMax: 8,
    sessionTimeoutMs: { ...GROUP_LIMITS.sessionTimeoutMs, default: 9000 },
    rebalanceTimeoutMs: { ...GROUP_LIMITS.rebalanceTimeoutMs, default: 10_000 },
    offsetRetentionMs: 660_000,
  });
  assert.deepEqual(lag, { intervalMs: 12_000, partitionsMax: 13 });
});
