import { MillraceError, millraceError, type Outcome } from '@millrace/core/errors';
import { storageErrorCode } from '../../io/storageError.ts';

/** DISK_FULL or STORAGE_FAILED at `path` for what a storage threw before anything was promised; others as they are. */
export function refusedByStorage(path: string, error: unknown): unknown {
  const code = storageErrorCode(error);
  if (error instanceof MillraceError || code === undefined) return error;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return storageFailed(path, error, 'not-applied');
  return millraceError('DISK_FULL', `${path}: the disk is full`, { cause: error });
}

/** STORAGE_FAILED at `path`, for what a storage threw. */
export function storageFailed(path: string, cause: unknown, outcome: Outcome): MillraceError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return millraceError('STORAGE_FAILED', `${path}: ${what}`, { outcome, cause });
}
