/**
 * What a failure looks like and which exit code it has: one line for people,
 *
 *     millrace: <what> (<CODE>): <what to do>
 *
 * or, with --output json, one object. The outcome is said where something may have been changed all the same.
 */
import { type ErrorCode, MillraceError } from '@millrace/core/errors';
import { InputError } from './inputError.ts';
import { UsageError } from './usageError.ts';

export const EXIT_OK = 0;
export const EXIT_ERROR = 1;
export const EXIT_USAGE = 2;

export interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  /** Of what would have changed something. */
  readonly outcome?: string;
  readonly retriable?: boolean;
}

/** Commands that change nothing: their outcome is of no interest. */
const READING: ReadonlySet<string> = new Set([
  'list',
  'describe',
  'consume',
  'query',
  'cluster',
  'plan',
  'status',
  'members',
  'lag',
  'top',
  'export',
]);

/** Where the command line knows better what to do than the table of errors does. */
const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  UNAVAILABLE: 'check that the broker runs, and --server or MILLRACE_SERVER',
  DEADLINE_EXCEEDED: 'allow more time with --timeout, or check that the broker runs',
};

const SYSTEM_ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'check the path',
  EACCES: 'check its permissions',
  EISDIR: 'give a file',
  ENOSPC: 'free some space',
};

/** `command`: as far as it is known, `millrace topic create`. */
export function describeFailure(thrown: unknown, command: string): Failure {
  if (thrown instanceof UsageError) {
    const advice = `see ${command} --help`;
    return { exitCode: EXIT_USAGE, code: 'USAGE', message: thrown.message, advice };
  }
  if (thrown instanceof MillraceError) {
    const { code, message, retriable } = thrown;
    const advice = ADVICE[code] ?? thrown.advice;
    const failure = { exitCode: EXIT_ERROR, code, message, advice, retriable };
    const reading = READING.has(command.split(' ').at(-1) ?? '');
    return reading ? failure : { ...failure, outcome: thrown.outcome };
  }
  if (thrown instanceof InputError) {
    return {
      exitCode: EXIT_ERROR,
      code: thrown.code,
      message: thrown.message,
      advice: thrown.advice,
    };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (thrown instanceof Error && 'syscall' in thrown && 'code' in thrown) {
    const code = String(thrown.code);
    return {
      exitCode: EXIT_ERROR,
      code,
      message,
      advice: SYSTEM_ADVICE[code] ?? 'see the system error',
    };
  }
  const stack = thrown instanceof Error ? (thrown.stack ?? message) : message;
  const advice = `report it with this trace: ${stack.replaceAll(/\s*\n\s*/g, ' | ')}`;
  return { exitCode: EXIT_ERROR, code: 'INTERNAL', message, advice };
}

/** Ends in a newline. */
export function failureText(failure: Failure): string {
  const what = failure.message.replaceAll(/\s*\n\s*/g, ' ').replace(/[.:]$/, '');
  return `millrace: ${what} (${failure.code}): ${failure.advice}${outcomeText(failure.outcome)}\n`;
}

/** Ends in a newline. */
export function failureJson({ exitCode: _exitCode, ...error }: Failure): string {
  return `${JSON.stringify({ error })}\n`;
}

function outcomeText(outcome: string | undefined): string {
  if (outcome === 'unknown') return ' [outcome unknown: it may have taken effect all the same]';
  if (outcome === 'applied') return ' [it has taken effect]';
  return '';
}
