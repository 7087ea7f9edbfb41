/** From a piece of input to the record that is sent, options applied. */
import type { ProducerRecord } from '@millrace/client/producerRecord';
import { InputError } from '../inputError.ts';
import { parseEscapes } from '../record/escapes.ts';
import type { InputHeader, InputRecord } from '../record/inputRecord.ts';
import { headerFromOption, recordFromLine } from '../record/lineRecord.ts';
import { recordFromJson } from '../record/recordJsonInput.ts';
import { UsageError } from '../usageError.ts';

export interface RecordOptions {
  /** Of records that bring none. */
  readonly key?: string;
  readonly keyDelimiter?: string;
  /** For every record; -1: the partitioner decides, whatever the input says. */
  readonly partition?: number;
  readonly header?: readonly string[];
  /** kcat's -Z. */
  readonly null?: boolean;
  readonly json?: boolean;
}

/** `place` says where the piece came from: `stdin:3`. Throws InputError. */
export type RecordReader = (piece: Buffer, place: () => string) => ProducerRecord;

const NO_PARTITION = -1;

/** Throws UsageError for options that contradict each other. */
export function recordReader(topic: string, options: RecordOptions): RecordReader {
  const parse = options.json === true ? jsonParser(options) : lineParser(options);
  const fixedKey = options.key === undefined ? null : Buffer.from(options.key, 'utf8');
  const added = (options.header ?? []).map(headerFromOption);
  const { partition } = options;
  return (piece, place) => {
    const input = parse(piece, place);
    return {
      topic,
      key: input.key === undefined ? fixedKey : input.key,
      value: input.value,
      headers: joined(input.headers, added),
      partition: chosen(partition ?? input.partition),
      timestampMs: input.timestampMs,
    };
  };
}

type Parse = (piece: Buffer, place: () => string) => InputRecord;

function jsonParser(options: RecordOptions): Parse {
  if (options.keyDelimiter !== undefined || options.null === true) {
    throw new UsageError(
      '-J says by itself what is key and what is null: -K and -Z do not go with it',
    );
  }
  return (piece, place) => {
    try {
      return recordFromJson(piece.toString('utf8'));
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const advice = 'give one JSON envelope a line, as consume -J prints it';
      throw new InputError(`${place()}: ${why}`, advice, thrown);
    }
  };
}

function lineParser(options: RecordOptions): Parse {
  const keyDelimiter =
    options.keyDelimiter === undefined ? undefined : parseEscapes(options.keyDelimiter);
  if (keyDelimiter?.length === 0) throw new UsageError('-K wants at least one character');
  const lineOptions = { keyDelimiter, empty: options.null === true ? 'null' : 'keep' } as const;
  return (piece) => recordFromLine(piece, lineOptions);
}

function joined(
  own: readonly InputHeader[],
  added: readonly InputHeader[],
): readonly InputHeader[] | undefined {
  if (own.length === 0) return added.length === 0 ? undefined : added;
  return added.length === 0 ? own : [...own, ...added];
}

function chosen(partition: number | undefined): number | undefined {
  return partition === NO_PARTITION ? undefined : partition;
}
