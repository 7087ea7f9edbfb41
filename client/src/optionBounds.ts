/** Options that are numbers. */
import { millraceError } from '@millrace/core/errors';

/** The value. Throws INVALID_REQUEST, which names the option, unless it lies in `least..most`. */
export function bounded(name: string, value: number, least: number, most: number): number {
  if (!(value >= least && value <= most)) {
    throw millraceError('INVALID_REQUEST', `${name} ${value} is not in ${least}..${most}`);
  }
  return value;
}
