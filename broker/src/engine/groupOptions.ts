import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { groupLimits } from '../groups/groupLimits.ts';
import type { GroupOptions } from './groups.ts';

export function groupOptions(config: BrokerConfig): GroupOptions {
  const { groupLagMs: intervalMs, groupLagPartitionsMax: partitionsMax } = config;
  return { limits: groupLimits(config), lag: { intervalMs, partitionsMax } };
}
