/**
 * The controller's Lease (contracts.md, Discovery; safety.md, rule 18): the controller epoch and the count of renewals
 * are annotations, written in the same compare-and-set as the holder. Its times are for people.
 */
import {
  CLUSTER_LABEL,
  CONTROLLER_EPOCH_ANNOTATION,
  controllerLeaseName,
} from '@millrace/core/resources/custom/resourceNames';
import { millraceError } from '@millrace/core/errors';
import type { KubeClient } from '@millrace/kube/kubeClient';
import { versionNumber } from '@millrace/kube/kubeObject';
import { holderOf, type LeaseObject, nextLeaseSpec } from '@millrace/kube/leaseObject';
import { LEASES } from '@millrace/kube/resource';
import type { Clock } from '../../io/clock.ts';
import type { Lease } from '../clusterStore.ts';

const RENEWALS_ANNOTATION = 'millrace.dev/renewals';

export interface KubernetesLeaseParts {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly cluster: string;
  readonly leaseDurationMs: number;
  readonly clock: Clock;
}

export class KubernetesLease {
  readonly #parts: KubernetesLeaseParts;
  /** For the fields that nobody decides by. */
  #last: LeaseObject | undefined;

  constructor(parts: KubernetesLeaseParts) {
    this.#parts = parts;
  }

  /** Rejects with CORRUPT_STATE if an annotation is no number. */
  async read(): Promise<Lease> {
    const { client, namespace } = this.#parts;
    const object = await client.get<LeaseObject>(LEASES, namespace, this.#name);
    this.#last = object;
    if (object === undefined) return { holder: '', epoch: 0, renewals: 0, version: 0 };
    return {
      holder: holderOf(object),
      epoch: numberOf(object, CONTROLLER_EPOCH_ANNOTATION),
      renewals: numberOf(object, RENEWALS_ANNOTATION),
      version: versionNumber(object.metadata.resourceVersion),
    };
  }

  /** Version 0: it is to be created. Rejects with KubeError. */
  async write(lease: Omit<Lease, 'version'>, expectedVersion: number): Promise<number> {
    const { client, namespace, cluster, leaseDurationMs, clock } = this.#parts;
    const metadata = {
      name: this.#name,
      namespace,
      labels: { [CLUSTER_LABEL]: cluster },
      annotations: {
        [CONTROLLER_EPOCH_ANNOTATION]: String(lease.epoch),
        [RENEWALS_ANNOTATION]: String(lease.renewals),
      },
    };
    const spec = nextLeaseSpec(this.#last, lease.holder, leaseDurationMs, clock.wallMs());
    const written =
      expectedVersion === 0
        ? await client.create<LeaseObject>(LEASES, namespace, { metadata, spec })
        : await client.put<LeaseObject>(LEASES, namespace, {
            metadata: { ...metadata, resourceVersion: String(expectedVersion) },
            spec,
          });
    this.#last = written;
    return versionNumber(written.metadata.resourceVersion);
  }

  get #name(): string {
    return controllerLeaseName(this.#parts.cluster);
  }
}

/** Absent: 0. */
function numberOf({ metadata }: LeaseObject, annotation: string): number {
  const text = metadata.annotations?.[annotation] ?? '0';
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw millraceError(
    'CORRUPT_STATE',
    `lease ${metadata.name}: ${annotation} is no number: ${text}`,
  );
}
