import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { METADATA_BYTES_MAX } from './groupRecord.ts';

/** What one coordinator and one group may hold, and what requests may say: bounded memory, whoever asks. */
export interface GroupLimits {
  readonly groupsMax: number;
  /** Of one group. */
  readonly membersMax: number;
  /** New members of all groups, on average over a second. */
  readonly joinsPerSecond: number;
  /** Of one committed offset. */
  readonly metadataBytesMax: number;
  readonly sessionTimeoutMs: Range;
  readonly rebalanceTimeoutMs: Range;
  /** Of a group without members, after its last commit and its last member. */
  readonly offsetRetentionMs: number;
}

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

export const GROUP_LIMITS: GroupLimits = {
  groupsMax: 10_000,
  membersMax: 1000,
  joinsPerSecond: 1000,
  metadataBytesMax: METADATA_BYTES_MAX,
  sessionTimeoutMs: { min: 1000, max: 1_800_000, default: 45_000 },
  rebalanceTimeoutMs: { min: 1000, max: 3_600_000, default: 300_000 },
  offsetRetentionMs: 7 * 24 * 3_600_000,
};

/** As they are configured. */
export function groupLimits(config: BrokerConfig): GroupLimits {
  const { sessionTimeoutMs, rebalanceTimeoutMs } = GROUP_LIMITS;
  return {
    groupsMax: config.groupsMax,
    membersMax: config.groupMembersMax,
    joinsPerSecond: config.groupJoinsPerSecondMax,
    metadataBytesMax: config.groupMetadataBytesMax,
    sessionTimeoutMs: { ...sessionTimeoutMs, default: config.groupSessionTimeoutMs },
    rebalanceTimeoutMs: { ...rebalanceTimeoutMs, default: config.groupRebalanceTimeoutMs },
    offsetRetentionMs: config.groupOffsetRetentionMs,
  };
}

export const NAME_CHARS_MAX = 255;
export const SUBSCRIBED_TOPICS_MAX = 1000;
export const PINS_MAX = 10_000;
export const OFFSETS_PER_REQUEST_MAX = 10_000;
