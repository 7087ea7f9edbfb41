/** An operating system error as Node shapes them, for the places where no system call made one. */
export class StorageError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path: string;

  constructor(code: string, syscall: string, path: string) {
    super(`${code}: ${syscall} '${path}'`);
    this.name = 'StorageError';
    this.code = code;
    this.syscall = syscall;
    this.path = path;
  }
}

/** The `code` of an error that a storage threw (ENOENT, EIO, ...), undefined for anything else. */
export function storageErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const readingCalls = new Set(['open', 'read', 'stat', 'fstat', 'lstat', 'scandir', 'list']);
/** Of the machine and the moment, not of the file. */
const passingCodes = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'EROFS']);

/** Whether a storage threw it because what is there cannot be read, now or later: a damaged file. */
export function isUnreadable(error: unknown): boolean {
  const code = storageErrorCode(error);
  if (code === undefined || !(error instanceof Error) || !('syscall' in error)) return false;
  return readingCalls.has(String(error.syscall)) && !passingCodes.has(code);
}

/** Files are synced by fdatasync; `syncDirectory` is the simulated one. */
const directorySyncCalls = new Set(['fsync', 'syncDirectory']);

/** Whether a storage threw it because the sync of a directory failed: names in it may be lost, although they are seen (pitfall 5). */
export function isFailedDirectorySync(error: unknown): boolean {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  return directorySyncCalls.has(String(error.syscall));
}
