/** What the operator asks of a cluster's controller, at the peer port that its lease names. */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type { BrokerId } from '@millrace/core/ids';
import { controllerLeaseName } from '@millrace/core/resources/custom/resourceNames';
import type { KubeClient } from '@millrace/kube/kubeClient';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { LEASES } from '@millrace/kube/resource';
import type { PrepareStopRequest } from '@millrace/proto/generated/millrace/peer/v1/PrepareStopRequest';
import type { PrepareStopResponse__Output } from '@millrace/proto/generated/millrace/peer/v1/PrepareStopResponse';
import { loadPeer } from '@millrace/proto/load';

const DEADLINE_MS = 10_000;

export interface ControllerAddress {
  readonly brokerId: BrokerId;
  /** host:port of its peer listener. */
  readonly address: string;
}

/** `<id>/<bootId>@host:port`; undefined: nobody is controller. */
export function parseHolder(holder: string | undefined): ControllerAddress | undefined {
  const [, id, address] = /^(\d+)\/[0-9a-f]+@(.+:\d+)$/.exec(holder ?? '') ?? [];
  if (id === undefined || address === undefined) return undefined;
  return { brokerId: Number(id) as BrokerId, address };
}

export async function findController(
  client: KubeClient,
  namespace: string,
  cluster: string,
): Promise<ControllerAddress | undefined> {
  const name = controllerLeaseName(cluster);
  const lease = await client.get<LeaseHolder>(LEASES, namespace, name);
  return parseHolder(lease?.spec?.holderIdentity ?? undefined);
}

interface LeaseHolder extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string | null };
}

/** Rejects with a ServiceError: no answer is no permission. */
export async function prepareStop(
  { address }: ControllerAddress,
  brokerId: BrokerId,
): Promise<PrepareStopResponse__Output> {
  const service = loadPeer()['millrace.peer.v1.Controller'] as unknown as {
    readonly PrepareStop: MethodDefinition<PrepareStopRequest, PrepareStopResponse__Output>;
  };
  const { path, requestSerialize, responseDeserialize } = service.PrepareStop;
  const client = new Client(address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { brokerId },
        new Metadata(),
        { deadline: Date.now() + DEADLINE_MS },
        (error, reply) => {
          if (error !== null) reject(error);
          else if (reply === undefined) reject(new Error('the controller said nothing'));
          else resolve(reply);
        },
      );
    });
  } finally {
    client.close();
  }
}
