/**
 * THE error table: one row per stable code, for every process and every language of client.
 *
 * A code never changes its meaning; rows are only added. `outcome` tells the caller whether the request took effect,
 * which alone decides whether a retry may duplicate: `not-applied` never duplicates, `unknown` may.
 * (contracts.md, Errors.)
 */
import { GRPC_STATUS, type GrpcStatus } from './grpcStatus.ts';

export type Outcome = 'not-applied' | 'applied' | 'unknown';

export interface ErrorRow {
  /** gRPC status of a unary reply or a stream that ends with this error. */
  readonly grpcStatus: GrpcStatus;
  /** Default; the place that throws knows better once something was appended. */
  readonly outcome: Outcome;
  /** True if the same request can succeed later without being changed. */
  readonly retriable: boolean;
  /** Milliseconds to wait before the first retry; 0 where a retry is no use or may be immediate. */
  readonly retryAfterMs: number;
  /** What the caller does about it. */
  readonly advice: string;
}

function row(
  status: keyof typeof GRPC_STATUS,
  outcome: Outcome,
  retry: 'fatal' | number,
  advice: string,
): ErrorRow {
  const retriable = retry !== 'fatal';
  return {
    grpcStatus: GRPC_STATUS[status],
    outcome,
    retriable,
    retryAfterMs: retriable ? retry : 0,
    advice,
  };
}

export const ERROR_TABLE = {
  // What the caller asked for does not exist, or already does.
  UNKNOWN_TOPIC: row(
    'NOT_FOUND',
    'not-applied',
    'fatal',
    'Create the topic, or check its name; after a deletion the same name is another topic.',
  ),
  UNKNOWN_PARTITION: row(
    'NOT_FOUND',
    'not-applied',
    'fatal',
    'Ask for a partition between 0 and the number of partitions less one.',
  ),
  UNKNOWN_GROUP: row('NOT_FOUND', 'not-applied', 'fatal', 'Check the name of the group.'),
  UNKNOWN_MEMBER: row(
    'NOT_FOUND',
    'not-applied',
    'fatal',
    'Stop what this member works on, then join again: it has left, or was fenced in its absence.',
  ),
  UNKNOWN_ASSIGNOR: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Use one of the assignors that the message names.',
  ),
  TOPIC_EXISTS: row(
    'ALREADY_EXISTS',
    'not-applied',
    'fatal',
    'Use the existing topic, or choose another name.',
  ),

  // The request is wrong as it stands.
  INVALID_TOPIC_NAME: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Use 1 to 249 of a-z A-Z 0-9 . _ - and neither "." nor ".." nor a leading "__".',
  ),
  INVALID_CONFIG: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Correct the key or the value that the message names.',
  ),
  INVALID_REQUEST: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Correct the field that the message names.',
  ),
  INVALID_PARTITIONS: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Ask for 1 to 10,000 partitions; their number only grows.',
  ),
  INVALID_REPLICATION_FACTOR: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Ask for at least 1 replica and at most as many as there are live, uncordoned brokers.',
  ),
  INVALID_RECORD: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Correct the record that the message names; the bytes arrived as they were sent.',
  ),
  INVALID_TIMESTAMP: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Send milliseconds since 1970, no further ahead than timestampAheadMsMax; check the clock.',
  ),
  RECORD_TOO_LARGE: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Send smaller batches, or raise batchBytesMax of the topic.',
  ),
  UNSUPPORTED_COMPRESSION: row(
    'UNIMPLEMENTED',
    'not-applied',
    'fatal',
    'Compress with none, gzip or zstd.',
  ),
  UNSUPPORTED_FORMAT: row(
    'UNIMPLEMENTED',
    'not-applied',
    'fatal',
    'Send record batches of format v2 (magic 2) with CreateTime timestamps.',
  ),
  UNSUPPORTED_VERSION: row(
    'UNIMPLEMENTED',
    'not-applied',
    'fatal',
    'Upgrade the older side; the message names both versions.',
  ),
  OFFSET_OUT_OF_RANGE: row(
    'OUT_OF_RANGE',
    'not-applied',
    'fatal',
    'Start from earliest, latest or an offset between the two that the message names.',
  ),
  DIVERGED: row(
    'OUT_OF_RANGE',
    'not-applied',
    'fatal',
    'Go back to the offset that the message names: what was read past it was never committed.',
  ),
  UNAUTHORIZED: row(
    'PERMISSION_DENIED',
    'not-applied',
    'fatal',
    'Use a principal that may do this operation on this resource.',
  ),

  METADATA_TOO_LARGE: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Commit at most 4 KiB of metadata with an offset.',
  ),

  // The bytes were damaged on their way.
  CORRUPT_BATCH: row(
    'INVALID_ARGUMENT',
    'not-applied',
    'fatal',
    'Encode the batch anew; if that does not help, the encoder or the network damages bytes.',
  ),

  // Another broker, another epoch: metadata is behind.
  NOT_LEADER: row(
    'FAILED_PRECONDITION',
    'not-applied',
    0,
    'Send it to the leader that the error names, or refresh the metadata and try again.',
  ),
  NOT_CONTROLLER: row(
    'FAILED_PRECONDITION',
    'not-applied',
    100,
    'Send it to the controller, or to any broker, which passes it on; try again while none is elected.',
  ),
  FENCED_EPOCH: row(
    'FAILED_PRECONDITION',
    'not-applied',
    0,
    'Refresh the metadata: the leader epoch of the request is an older one.',
  ),
  UNKNOWN_EPOCH: row(
    'UNAVAILABLE',
    'not-applied',
    50,
    'Try again: the broker has not yet heard of the leader epoch of the request.',
  ),
  NOT_ENOUGH_REPLICAS: row(
    'UNAVAILABLE',
    'not-applied',
    500,
    'Try again once enough replicas are in sync, or produce with acks=leader.',
  ),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: row(
    'UNAVAILABLE',
    'unknown',
    500,
    'Retry only with idempotence on: the records are in the log and may yet be committed.',
  ),

  // Consumer groups.
  NOT_COORDINATOR: row(
    'FAILED_PRECONDITION',
    'not-applied',
    0,
    'Send it to the broker that the error names, or to any broker, which passes it on.',
  ),
  FENCED_MEMBER_EPOCH: row(
    'FAILED_PRECONDITION',
    'not-applied',
    'fatal',
    'Stop what this member works on, then join again: the group went on without it.',
  ),
  FENCED_INSTANCE: row(
    'FAILED_PRECONDITION',
    'not-applied',
    'fatal',
    'Stop this process: another one has taken its instance id.',
  ),
  NOT_OWNER: row(
    'FAILED_PRECONDITION',
    'not-applied',
    'fatal',
    'Stop working on the partition: it belongs to another member now, who reads from the last commit.',
  ),
  OFFSET_BEHIND: row(
    'FAILED_PRECONDITION',
    'not-applied',
    'fatal',
    'Commit what lies further on; to go back, commit as a rewind, or reset the group.',
  ),
  GROUP_NOT_EMPTY: row(
    'FAILED_PRECONDITION',
    'not-applied',
    'fatal',
    'Stop the members of the group first; describe the group to see them.',
  ),

  // Time, space and rate.
  DEADLINE_EXCEEDED: row(
    'DEADLINE_EXCEEDED',
    'unknown',
    100,
    'Allow more time; retry as the outcome permits.',
  ),
  BUFFER_FULL: row(
    'RESOURCE_EXHAUSTED',
    'not-applied',
    100,
    'Wait, then send again; keep fewer bytes in flight.',
  ),
  GROUP_FULL: row(
    'RESOURCE_EXHAUSTED',
    'not-applied',
    'fatal',
    'Use fewer members, or fewer groups: the message names the limit.',
  ),
  TOO_MANY_REQUESTS: row('RESOURCE_EXHAUSTED', 'not-applied', 1000, 'Send fewer requests.'),
  DISK_FULL: row(
    'RESOURCE_EXHAUSTED',
    'not-applied',
    10_000,
    'Free or add disk space on the broker, or shorten retention.',
  ),

  // The broker cannot serve this partition, or nothing at all.
  STORAGE_FAILED: row(
    'UNAVAILABLE',
    'unknown',
    1000,
    'Look at the disk of the broker that the message names; it stops serving it by itself.',
  ),
  PARTITION_OFFLINE: row(
    'UNAVAILABLE',
    'not-applied',
    1000,
    'Wait for a replica to come back; with one replica, repair its disk.',
  ),
  SHUTTING_DOWN: row(
    'UNAVAILABLE',
    'not-applied',
    500,
    'Send it to another broker, or again once this one is back.',
  ),
  STORE_UNAVAILABLE: row(
    'UNAVAILABLE',
    'not-applied',
    1000,
    'Try again: the cluster store does not answer; produce and fetch go on without it.',
  ),
  CORRUPT_STATE: row(
    'DATA_LOSS',
    'not-applied',
    'fatal',
    'Repair or restore the stored object or file that the message names; nothing else overwrites it.',
  ),
  LOADING: row('UNAVAILABLE', 'not-applied', 100, 'Try again: state is being read from the log.'),
  UNAVAILABLE: row('UNAVAILABLE', 'unknown', 200, 'Try again as the outcome permits.'),

  // Idempotence and concurrent writers.
  OUT_OF_ORDER_SEQUENCE: row(
    'FAILED_PRECONDITION',
    'not-applied',
    'fatal',
    'Send the batch that is missing before it; once that is given up, begin the next epoch at sequence 0.',
  ),
  PRODUCER_FENCED: row(
    'FAILED_PRECONDITION',
    'not-applied',
    'fatal',
    'Stop this producer: a newer one has taken its id.',
  ),
  CONFLICT: row(
    'ABORTED',
    'not-applied',
    100,
    'Read the current state and decide again: somebody else has changed it.',
  ),

  CANCELLED: row('CANCELLED', 'unknown', 'fatal', 'Nothing: the caller gave up.'),
  INTERNAL: row(
    'INTERNAL',
    'unknown',
    'fatal',
    'Report it with the message and the log of the broker: this is a bug.',
  ),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** True for the codes of the table; an unknown code comes from a newer peer. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, text);
}

export interface ErrorDetails {
  readonly outcome?: Outcome | undefined;
  /** Milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** `host:port` of the listener that the request used, on the broker that leads. */
  readonly leader?: string | undefined;
  readonly cause?: unknown;
}

/** An operating error. Handlers decide by `code`, never by the message. Bugs are `assert`, not this. */
export class MillraceError extends Error {
  override readonly name = 'MillraceError';
  readonly code: ErrorCode;
  readonly outcome: Outcome;
  readonly retriable: boolean;
  /** Milliseconds. */
  readonly retryAfterMs: number;
  readonly leader: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const defaults = ERROR_TABLE[code];
    this.code = code;
    this.outcome = details.outcome ?? defaults.outcome;
    this.retriable = defaults.retriable;
    this.retryAfterMs = details.retryAfterMs ?? defaults.retryAfterMs;
    this.leader = details.leader;
  }

  get grpcStatus(): GrpcStatus {
    return ERROR_TABLE[this.code].grpcStatus;
  }

  get advice(): string {
    return ERROR_TABLE[this.code].advice;
  }
}

export function millraceError(
  code: ErrorCode,
  message: string,
  details?: ErrorDetails,
): MillraceError {
  return new MillraceError(code, message, details);
}

/** What a boundary answers with: a MillraceError as it is, anything else as INTERNAL with its cause. */
export function toMillraceError(thrown: unknown): MillraceError {
  if (thrown instanceof MillraceError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new MillraceError('INTERNAL', message, { cause: thrown });
}
