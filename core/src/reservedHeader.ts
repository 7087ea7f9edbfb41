/** Header names that belong to Millrace: what comes from outside must not carry them. (contracts.md, Types and names) */
import { millraceError } from './errors.ts';

const RESERVED_PREFIX = 'millrace-';

/** Throws INVALID_RECORD if one of the headers has a reserved name. */
export function checkHeaderNames(headers: readonly { readonly key: string }[]): void {
  for (const { key } of headers) {
    if (!key.startsWith(RESERVED_PREFIX)) continue;
    const name = JSON.stringify(key.slice(0, 100));
    throw millraceError(
      'INVALID_RECORD',
      `header ${name}: names that begin with ${RESERVED_PREFIX} are reserved`,
    );
  }
}
