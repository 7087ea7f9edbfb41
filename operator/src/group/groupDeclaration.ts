/** A ConsumerGroup as its coordinator takes it. Pure. */
import { parseMs } from '@millrace/core/configValue';
import type {
  ConsumerGroupResource,
  ConsumerGroupSpec,
} from '@millrace/core/resources/custom/consumerGroupResource';
import type { GroupSpec } from '@millrace/proto/generated/millrace/v1/GroupSpec';

/** For clients. */
export function groupIdOf({ spec, metadata }: ConsumerGroupResource): string {
  return spec.groupId ?? metadata.name;
}

export function groupDeclaration(spec: ConsumerGroupSpec): GroupSpec {
  const { topics, assignor, assignment, sessionTimeout, startPosition, paused } = spec;
  const pins = assignment.mode === 'Pinned' ? (assignment.pins ?? []) : [];
  return {
    topics: [...(topics ?? [])],
    pins: pins.map(({ instanceId, topic, partitions }) => ({
      instanceId,
      topic,
      partitions: [...partitions],
    })),
    paused,
    ...(assignor === undefined ? {} : { assignor }),
    ...(sessionTimeout === undefined ? {} : { sessionTimeoutMs: parseMs(sessionTimeout) }),
    ...(startPosition === 'Latest' ? { start: { latest: true } } : {}),
  };
}
