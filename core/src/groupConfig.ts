/** Configuration of a broker, as far as it coordinates groups: what they may hold, and how lag is measured. */
import { bytes, count, ms, onOff } from './configTable.ts';

export const GROUP_TABLE = {
  groupsMax: count({
    default: 10_000,
    min: 1,
    sentence: 'Groups of one coordinator, which has a sixteenth of all; further ones are refused.',
    kafka: null,
  }),
  groupMembersMax: count({
    default: 1000,
    min: 1,
    max: 10_000,
    sentence: 'Members of a group; further ones are refused.',
    kafka: 'group.consumer.max.size',
  }),
  groupJoinsPerSecondMax: count({
    default: 1000,
    min: 1,
    sentence:
      'New members a second, of all groups of a coordinator; what comes faster tries again.',
    kafka: null,
  }),
  groupMetadataBytesMax: bytes({
    default: 4096,
    max: 4096,
    sentence: 'Metadata that a committed offset may carry.',
    kafka: 'offset.metadata.max.bytes',
  }),
  groupSessionTimeoutMs: ms({
    default: 45_000,
    min: 1000,
    max: 1_800_000,
    sentence:
      'A member that is not heard of for so long is fenced, unless it asks for another time.',
    kafka: 'group.consumer.session.timeout.ms',
  }),
  groupRebalanceTimeoutMs: ms({
    default: 300_000,
    min: 1000,
    max: 3_600_000,
    sentence:
      'A member that does not give up partitions within this is fenced, unless it asks for another time.',
    kafka: 'max.poll.interval.ms',
  }),
  groupOffsetRetentionMs: ms({
    default: 7 * 24 * 3_600_000,
    min: 60_000,
    sentence: 'How long a group without members keeps its offsets after its last commit.',
    kafka: 'offsets.retention.minutes',
  }),
  groupLagMs: ms({
    default: 10_000,
    min: 100,
    max: 3_600_000,
    sentence: 'Time between measurements of the lag of groups; twelve of them make a verdict.',
    kafka: null,
  }),
  groupLagPartitionsMax: count({
    default: 20_000,
    sentence:
      'Partitions, each counted in every group, whose lag a broker keeps measuring; of the rest only when asked.',
    kafka: null,
  }),
  metricsPerPartition: onOff({
    default: false,
    sentence: 'Lag of groups by partition in the metrics, in place of sums by topic.',
    kafka: null,
  }),
};
