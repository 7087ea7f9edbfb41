import { MillraceError } from '@millrace/core/errors';

/** A log that cannot be what it acknowledged: it stops serving and nothing of it is deleted (safety.md, rule 12). */
export class LogCorruptError extends MillraceError {
  constructor(message: string, cause?: unknown) {
    super('PARTITION_OFFLINE', message, cause === undefined ? {} : { cause });
  }
}
