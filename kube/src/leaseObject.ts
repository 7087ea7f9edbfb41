/** coordination.k8s.io/v1 Lease. Its times are for people: nobody here decides by another machine's clock. */
import type { KubeObject } from './kubeObject.ts';
import { microTime } from './microTime.ts';

export interface LeaseObject extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly acquireTime?: string | null;
    readonly renewTime?: string | null;
    readonly leaseTransitions?: number | null;
  };
}

export function holderOf(lease: LeaseObject | undefined): string {
  return lease?.spec?.holderIdentity ?? '';
}

/** The next spec of a lease that `holder` takes or renews; an empty holder frees it. */
export function nextLeaseSpec(
  before: LeaseObject | undefined,
  holder: string,
  durationMs: number,
  wallMs: number,
): NonNullable<LeaseObject['spec']> {
  const isSame = before !== undefined && holderOf(before) === holder;
  const transitions = before?.spec?.leaseTransitions ?? 0;
  return {
    holderIdentity: holder,
    leaseDurationSeconds: Math.max(1, Math.ceil(durationMs / 1000)),
    acquireTime: isSame ? (before.spec?.acquireTime ?? microTime(wallMs)) : microTime(wallMs),
    renewTime: microTime(wallMs),
    leaseTransitions: isSame || before === undefined ? transitions : transitions + 1,
  };
}
