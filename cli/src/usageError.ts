/** The command line itself is wrong: exit code 2, before anything was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
