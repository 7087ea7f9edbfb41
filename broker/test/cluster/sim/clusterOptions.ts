import type { ControllerRule } from '../../../src/controller/controllerRules.ts';
import type { CoordinatorRule } from '../../../src/coordinator/coordinatorRules.ts';
import type { GroupRule } from '../../../src/groups/groupRules.ts';
import type { LogRule } from '../../../src/log/logRules.ts';
import type { ReplicationRule } from '../../../src/replication/replicationRules.ts';

/**
 * `calm`: nothing but latency. `crashes`: kill -9, power loss of one and of all, pauses, restart storms, clean stops.
 * `partitions`: links blocked both ways, one way and in part, slow links, broken streams, lost calls. `store`: what a
 * store may do to its clients, outages among it. `disk`: failing and slow operations, wiped disks. `mixed`: all of them.
 * `failovers`: leaders that die while followers lag, join or were just elected. `rewinds`: the store is rewound or loses
 * a status, and more. `groups`: members of a group die, pause and leave, coordinators die and are deposed.
 */
export const clusterProfiles = [
  'calm',
  'crashes',
  'partitions',
  'store',
  'disk',
  'failovers',
  'rewinds',
  'groups',
  'mixed',
] as const;
export type ClusterProfile = (typeof clusterProfiles)[number];

/** Rules of all layers by name: no name is used twice. */
export type ClusterRule = LogRule | ReplicationRule | ControllerRule | CoordinatorRule | GroupRule;

export interface ClusterOptions {
  readonly seed: number;
  readonly profile: ClusterProfile;
  readonly rulesOff: ReadonlySet<ClusterRule>;
  /** Messages between brokers go into the transcript if their text matches. */
  readonly trace?: RegExp | undefined;
}
