import type { Random } from '../random.ts';

export type SimOperationKind =
  | 'open'
  | 'mkdir'
  | 'list'
  | 'rename'
  | 'unlink'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'syncDirectory';

export interface SimOperation {
  readonly kind: SimOperationKind;
  readonly path: string;
  /** Of a read or write, else 0. */
  readonly bytes: number;
}

export type SimFault =
  /** A failed write may have written any first part, a failed sync is pitfall 5 of safety.md. */
  | { readonly kind: 'error'; readonly code: string }
  /** A read or write that does at most `bytes`, at least 1. */
  | { readonly kind: 'short'; readonly bytes: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The process dies in the middle of the operation: kill -9, or power if the test takes it too. */
  | { readonly kind: 'kill' };

/** Asked before each operation. */
export type SimFaultPlan = (operation: SimOperation) => SimFault | undefined;

export interface SimFaultRule {
  readonly operations: readonly SimOperationKind[];
  readonly path: RegExp;
  /** Of each operation that matches. */
  readonly probability: number;
  readonly fault: SimFault;
}

export const noFaults: SimFaultPlan = () => undefined;

/** The first rule that matches and is drawn. */
export function randomFaults(random: Random, rules: readonly SimFaultRule[]): SimFaultPlan {
  return ({ kind, path }) => {
    for (const rule of rules) {
      if (!rule.operations.includes(kind) || !rule.path.test(path)) continue;
      if (random.float() < rule.probability) return rule.fault;
    }
    return undefined;
  };
}

/** Any read or write may be short, at random lengths. */
export function shortTransfers(random: Random, probability: number): SimFaultPlan {
  return ({ kind, bytes }) => {
    if (kind !== 'read' && kind !== 'write') return undefined;
    if (bytes < 2 || random.float() >= probability) return undefined;
    return { kind: 'short', bytes: 1 + random.int(bytes - 1) };
  };
}

/** `fault` once, at the `nth` operation (from 0) that `matches`. */
export function faultAt(
  nth: number,
  fault: SimFault,
  matches: (operation: SimOperation) => boolean = () => true,
): SimFaultPlan {
  let seen = 0;
  return (operation) => {
    if (!matches(operation)) return undefined;
    seen += 1;
    return seen === nth + 1 ? fault : undefined;
  };
}

/** The first plan that has a fault; plans after it are not asked. */
export function firstOf(...plans: readonly SimFaultPlan[]): SimFaultPlan {
  return (operation) => {
    for (const plan of plans) {
      const fault = plan(operation);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}
