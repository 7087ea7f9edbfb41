/** How much memory to plan with, and what the shares of it in the configuration come to. */
import { readFileSync } from 'node:fs';
import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { type ByteShare, bytesOfShare } from '@millrace/core/configValue';

const MEMORY_BYTES_DEFAULT = 160 * 2 ** 20;
const CGROUP_LIMITS = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];
/** cgroup v1 says "no limit" with a number near 2^63. */
const LIMIT_PLAUSIBLE_MAX = 2 ** 50;

export interface MemoryBudget {
  readonly memoryBytes: number;
  readonly tailCacheBytes: number;
  readonly produceBytesMax: number;
}

export function resolveMemory(
  config: Pick<BrokerConfig, 'memoryBytes' | 'tailCacheBytes' | 'produceBytesMax'>,
): MemoryBudget {
  const memoryBytes = config.memoryBytes || containerMemoryBytes() || MEMORY_BYTES_DEFAULT;
  const share = (value: ByteShare) => bytesOfShare(value, memoryBytes);
  return {
    memoryBytes,
    tailCacheBytes: share(config.tailCacheBytes),
    produceBytesMax: share(config.produceBytesMax),
  };
}

/** Undefined where there is no container or no limit. */
export function containerMemoryBytes(): number | undefined {
  for (const file of CGROUP_LIMITS) {
    try {
      const limit = Number(readFileSync(file, 'utf8').trim());
      if (Number.isFinite(limit) && limit > 0 && limit < LIMIT_PLAUSIBLE_MAX) return limit;
    } catch {
      // Not this version of cgroups.
    }
  }
  return undefined;
}
