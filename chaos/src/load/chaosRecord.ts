/**
 * Records whose every byte follows from who sent them, where and as which: whoever reads one can tell whether any of it
 * changed, without having kept it.
 *
 * key `<producer>:<sequence>`; value `<partition>/<producer>:<sequence>/` and filling, up to FILLING_BYTES_MAX bytes of it.
 */
import { FOREIGN, valueName, type ValueName } from '../history/valueName.ts';

const FILLING_BYTES_MAX = 600;
const KEY = /^(\d{1,6}):(\d{1,10})$/;

export function chaosKey(producer: number, sequence: number): string {
  return `${producer}:${sequence}`;
}

export function chaosValue(partition: number, producer: number, sequence: number): Buffer {
  const head = `${partition}/${chaosKey(producer, sequence)}/`;
  const filling = (Math.imul(sequence + 1, 2_654_435_761) >>> 0) % FILLING_BYTES_MAX;
  const value = Buffer.allocUnsafe(head.length + filling);
  value.write(head, 'latin1');
  value.fill(head, head.length, 'latin1');
  return value;
}

/** FOREIGN unless it is, byte by byte, what that producer sent to this partition as that record. */
export function identify(partition: number, key: Buffer | null, value: Buffer | null): ValueName {
  const [, producer, sequence] = KEY.exec(key?.toString('latin1') ?? '') ?? [];
  if (producer === undefined || sequence === undefined || value === null) return FOREIGN;
  const sent = chaosValue(partition, Number(producer), Number(sequence));
  return sent.equals(value) ? valueName(Number(producer), Number(sequence)) : FOREIGN;
}
