/**
 * The cluster's shared memory: small versioned objects with linearizable compare-and-set, a watch and a lease
 * (architecture.md, Cluster state). Embedded it is SQLite, on Kubernetes the API server.
 *
 * `spec` and `status` of an object have one writer each; both writes bump the one version.
 * Every method may reject with STORE_UNAVAILABLE: outcome `not-applied` if the store refused, `unknown` if the write
 * may have happened or may yet happen; read again before deciding anew (safety.md, rule 5). Reads reject with
 * CORRUPT_STATE, or UNSUPPORTED_VERSION, if what is stored is not what its kind holds.
 * Requests that are under way at the same time have no order; one that is made after another resolved sees it.
 */
import type {
  AssignmentSpec,
  AssignmentStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { BrokerSpec, BrokerStatus } from '@millrace/core/resources/broker';
import type { ClusterStateSpec, ClusterStateStatus } from '@millrace/core/resources/clusterState';
import type { TopicSpec, TopicStatus } from '@millrace/core/resources/topic';

/** What each kind holds. A kind that is added here needs its parsers in storedContents.ts, and no change in a store. */
export interface StoredKinds {
  PartitionAssignment: { spec: AssignmentSpec; status: AssignmentStatus };
  Broker: { spec: BrokerSpec; status: BrokerStatus };
  ClusterState: { spec: ClusterStateSpec; status: ClusterStateStatus };
  Topic: { spec: TopicSpec; status: TopicStatus };
}

export type Kind = keyof StoredKinds;

export interface StoredObject<K extends Kind> {
  readonly kind: K;
  readonly name: string;
  /** Rises with every write of this object; never reused, not even by a later object of this name. */
  readonly version: number;
  readonly spec: StoredKinds[K]['spec'];
  /** Undefined until first written: on a known object a lost status is a rewind (rule 9). */
  readonly status: StoredKinds[K]['status'] | undefined;
  /**
   * Of an assignment: indexes of partitions that had a leader, by what the store keeps beside the status, although the
   * status does not say so: it was lost (rule 22). Absent: none are known.
   */
  readonly lost?: readonly number[];
}

export interface NewObject<K extends Kind> {
  readonly kind: K;
  readonly name: string;
  readonly spec: StoredKinds[K]['spec'];
  readonly status?: StoredKinds[K]['status'];
}

/** A write against the version that was read. */
export type Change<K extends Kind> =
  | {
      readonly kind: K;
      readonly name: string;
      readonly expectedVersion: number;
      readonly spec: StoredKinds[K]['spec'];
    }
  | {
      readonly kind: K;
      readonly name: string;
      readonly expectedVersion: number;
      readonly status: StoredKinds[K]['status'];
    };

/** One kind of a union member each, so that kind and contents stay together. */
export type AnyNewObject = { [K in Kind]: NewObject<K> }[Kind];
export type AnyChange = { [K in Kind]: Change<K> }[Kind];
export type AnyStoredObject = { [K in Kind]: StoredObject<K> }[Kind];

export interface Listing<K extends Kind> {
  readonly objects: StoredObject<K>[];
  /** Of the store when it was read; a watch from it misses nothing. */
  readonly version: number;
}

export type WatchEvent<K extends Kind> =
  | { readonly type: 'put'; readonly object: StoredObject<K> }
  | { readonly type: 'deleted'; readonly name: string; readonly version: number }
  /**
   * The store does not know what came in between: fromVersion is older than its bounded log of deletions, or newer
   * than the store itself (a backup was restored), or an object cannot be read. The last event of its watch: list
   * again, then watch from there.
   */
  | { readonly type: 'resync' };

export interface Lease {
  /** `<id>/<bootId>@host:port`; empty: free. A lease that was never written is free, all numbers 0. */
  readonly holder: string;
  /** Controller epoch (rule 18). */
  readonly epoch: number;
  /** Rises with each renewal; expiry is measured by its observer's own monotonic clock (rule 20). */
  readonly renewals: number;
  readonly version: number;
}

export interface ClusterStore {
  get<K extends Kind>(kind: K, name: string): Promise<StoredObject<K> | undefined>;
  list<K extends Kind>(kind: K): Promise<Listing<K>>;
  /**
   * All or none where the store can (embedded), else in order up to the first failure. CONFLICT if a name is taken.
   * Resolves to the versions, in order.
   */
  create(objects: readonly AnyNewObject[]): Promise<number[]>;
  /** As create; CONFLICT if a version is not the expected one or the object is gone. */
  update(changes: readonly AnyChange[]): Promise<number[]>;
  /** CONFLICT if the version is not the expected one; no error if it is gone. */
  delete(kind: Kind, name: string, expectedVersion: number): Promise<void>;
  /**
   * Events after `fromVersion`, in the order of their versions, until the returned function is called; it takes
   * effect at once. Of several writes of an object in a row only the last may be seen, and a deletion may be of an
   * object whose creation was not seen. What `onEvent` throws is not caught. A store that cannot be read is silent.
   */
  watch<K extends Kind>(
    kind: K,
    fromVersion: number,
    onEvent: (event: WatchEvent<K>) => void,
  ): () => void;
  readLease(): Promise<Lease>;
  /** CONFLICT if its version is not the expected one. Resolves to the new version. */
  writeLease(lease: Omit<Lease, 'version'>, expectedVersion: number): Promise<number>;
  /** Ends all watches. Requests under way are answered first; later ones reject, `not-applied`. Idempotent. */
  close(): Promise<void>;
}
