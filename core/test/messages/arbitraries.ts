import {
  ERROR_TABLE,
  type ErrorCode,
  type MillraceError,
  millraceError,
} from '@millrace/core/errors';
import type { RecordMessage } from '@millrace/core/messages/record';
import fc from 'fast-check';
import { implicit, optional } from './protoLoader.ts';

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];

/** fc.record with ordinary prototypes, as the decoders make them. */
export const row = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

export const int64 = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 1, 2 ** 53 - 1, 1 - 2 ** 53),
);
export const uint64 = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 53 - 1));
export const int32 = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)));
export const uint32 = fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32 - 1));
export const bytes = fc
  .oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(5000).fill(7)))
  .map((value) => Buffer.from(value));
export const text = fc.string({ unit: 'grapheme', maxLength: 20 });
export const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
/** Few elements: what matters is how they nest. */
export const few = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { maxLength: 4 });

export const record: fc.Arbitrary<RecordMessage> = row({
  key: maybe(bytes),
  value: maybe(bytes),
  headers: few(row({ key: text, value: maybe(bytes) })),
  timestampMs: maybe(int64),
  offset: int64,
});

export const error: fc.Arbitrary<MillraceError> = fc
  .record({
    code: fc.constantFrom(...CODES),
    message: text,
    outcome: fc.constantFrom('not-applied' as const, 'applied' as const, 'unknown' as const),
    retryAfterMs: uint32,
    leader: fc.constantFrom(undefined, 'broker-1.example:7074', '127.0.0.1:1', '::1:65535'),
  })
  .map(({ code, message, ...details }) => millraceError(code, message, details));

/** As an object for proto-loader. */
export function loadedRecord({ key, value, headers, timestampMs, offset }: RecordMessage): object {
  return {
    ...optional({ key, value, timestampMs }),
    ...implicit({
      offset,
      headers: headers.map((header) => ({
        ...implicit({ key: header.key }),
        ...optional({ value: header.value }),
      })),
    }),
  };
}

export function loadedError(error: MillraceError): object {
  const { code, message, retriable, retryAfterMs, leader } = error;
  const outcome = ['', 'not-applied', 'applied', 'unknown'].indexOf(error.outcome);
  const colon = leader?.lastIndexOf(':') ?? 0;
  const endpoint =
    leader === undefined
      ? {}
      : { leader: { host: leader.slice(0, colon), port: Number(leader.slice(colon + 1)) } };
  return { ...implicit({ code, outcome, message, retriable, retryAfterMs }), ...endpoint };
}

/** What of an error travels. */
export function errorFacts(error: MillraceError | undefined): unknown {
  if (error === undefined) return undefined;
  const { code, message, outcome, retryAfterMs, leader } = error;
  return { code, message, outcome, retryAfterMs, leader };
}
