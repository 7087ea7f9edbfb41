/** What the broker's thread and the thread that owns `cluster.db` say to each other. Contents are JSON texts. */
import type { Outcome } from '@millrace/core/errors';
import type { Lease } from './clusterStore.ts';

export interface ObjectRow {
  readonly name: string;
  readonly version: number;
  readonly spec: string;
  readonly status: string | null;
}

/** `spec` null: deleted. */
export interface RowEvent {
  readonly name: string;
  readonly version: number;
  readonly spec: string | null;
  readonly status: string | null;
}

export interface RowCreate {
  readonly kind: string;
  readonly name: string;
  readonly spec: string;
  readonly status: string | null;
}

export interface RowChange {
  readonly kind: string;
  readonly name: string;
  readonly expectedVersion: number;
  readonly half: 'spec' | 'status';
  readonly contents: string;
}

export interface RowListing {
  readonly rows: readonly ObjectRow[];
  readonly version: number;
}

/** Each operation with its arguments and its result. */
export interface Operations {
  open: {
    args: { path: string; pollMs: number; deletionsMax: number; create: 'if-absent' | 'never' };
    result: undefined;
  };
  get: { args: { kind: string; name: string }; result: ObjectRow | undefined };
  list: { args: { kind: string }; result: RowListing };
  create: { args: { objects: readonly RowCreate[] }; result: number[] };
  update: { args: { changes: readonly RowChange[] }; result: number[] };
  delete: {
    args: { kind: string; name: string; expectedVersion: number };
    result: undefined;
  };
  readLease: { args: object; result: Lease };
  writeLease: {
    args: { lease: Omit<Lease, 'version'>; expectedVersion: number };
    result: number;
  };
}

export type Operation = keyof Operations;

/** For the operations that cannot have changed anything, whatever happened to the answer. */
export const READS: ReadonlySet<Operation> = new Set<Operation>([
  'open',
  'get',
  'list',
  'readLease',
]);

export type Request = {
  [O in Operation]: { readonly type: O; readonly id: number } & Operations[O]['args'];
}[Operation];

export type ToWorker =
  | Request
  | {
      readonly type: 'watch';
      readonly watch: number;
      readonly kind: string;
      readonly fromVersion: number;
    }
  /** The last page of events was taken in. */
  | { readonly type: 'more'; readonly watch: number }
  | { readonly type: 'unwatch'; readonly watch: number }
  | { readonly type: 'close' };

export type FailureReason =
  | 'conflict'
  /** Locked by another process: nothing happened. */
  | 'busy'
  | 'unavailable'
  /** Not a file that this program can use. */
  | 'newer-format'
  | 'corrupt'
  | 'network-file-system';

export interface Failure {
  readonly reason: FailureReason;
  readonly outcome: Outcome;
  readonly message: string;
}

export type FromWorker =
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'events'; readonly watch: number; readonly events: readonly RowEvent[] }
  | { readonly type: 'resync'; readonly watch: number };
