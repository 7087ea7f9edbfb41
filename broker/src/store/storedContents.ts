/** Reads and checks what a store holds of each kind: the one way from JSON to a StoredObject. */
import { MillraceError, millraceError } from '@millrace/core/errors';
import { parseBrokerSpec, parseBrokerStatus } from '@millrace/core/resources/broker';
import {
  parseClusterStateSpec,
  parseClusterStateStatus,
} from '@millrace/core/resources/clusterState';
import {
  parseAssignmentSpec,
  parseAssignmentStatus,
} from '@millrace/core/resources/partitionAssignment';
import { parseTopicSpec, parseTopicStatus } from '@millrace/core/resources/topic';
import type { Kind, StoredKinds, StoredObject } from './clusterStore.ts';

type Parsers = {
  readonly [K in Kind]: {
    readonly spec: (value: unknown) => StoredKinds[K]['spec'];
    readonly status: (value: unknown) => StoredKinds[K]['status'];
  };
};

const PARSERS: Parsers = {
  PartitionAssignment: { spec: parseAssignmentSpec, status: parseAssignmentStatus },
  Broker: { spec: parseBrokerSpec, status: parseBrokerStatus },
  ClusterState: { spec: parseClusterStateSpec, status: parseClusterStateStatus },
  Topic: { spec: parseTopicSpec, status: parseTopicStatus },
};

/** An object as a store hands it over, not yet known to be what its kind holds. */
export interface RawObject {
  readonly name: string;
  readonly version: number;
  readonly spec: unknown;
  /** Undefined until first written. */
  readonly status: unknown;
}

/** Throws CORRUPT_STATE or UNSUPPORTED_VERSION, naming the object. */
export function parseStored<K extends Kind>(kind: K, raw: RawObject): StoredObject<K> {
  const parsers = PARSERS[kind];
  const { name, version } = raw;
  return named(kind, name, () => ({
    kind,
    name,
    version,
    spec: parsers.spec(raw.spec),
    status: raw.status === undefined ? undefined : parsers.status(raw.status),
  }));
}

/** Throws CORRUPT_STATE, naming the object, if a half is not JSON. A status of null was never written. */
export function parseStoredJson<K extends Kind>(
  kind: K,
  row: { name: string; version: number; spec: string; status: string | null },
): StoredObject<K> {
  const { name, version } = row;
  const raw = named(kind, name, () => ({
    name,
    version,
    spec: parseJson(row.spec, 'spec'),
    status: row.status === null ? undefined : parseJson(row.status, 'status'),
  }));
  return parseStored(kind, raw);
}

function parseJson(text: string, half: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw millraceError('CORRUPT_STATE', `${half} is not JSON`, { cause: error });
  }
}

function named<Result>(kind: Kind, name: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    throw millraceError(error.code, `stored ${kind} ${JSON.stringify(name)}: ${error.message}`, {
      cause: error,
    });
  }
}

/** Throws INTERNAL if what is about to be written could not be read back: a bug, stopped before it is stored. */
export function checkStorable(
  kind: Kind,
  name: string,
  half: 'spec' | 'status',
  contents: unknown,
): void {
  try {
    PARSERS[kind][half](contents);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    throw millraceError('INTERNAL', `refused to store ${kind} ${name}: ${error.message}`, {
      outcome: 'not-applied',
      cause: error,
    });
  }
}
