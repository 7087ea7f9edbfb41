/**
 * The Cluster that comes with the installation: a chart cannot carry it beside its own CRD, so the operator applies it. It
 * is applied again when what is declared is another, or it is gone: what a person changed meanwhile (`kubectl scale`) stays
 * until then. It is nobody's child: what it came in may go, and must not take the brokers along.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { KubeClient } from '@millrace/kube/kubeClient';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { CONFIG_MAPS } from '@millrace/kube/resource';
import { parse } from 'yaml';
import { CLUSTERS } from './world/kubeKinds.ts';

const FIELD_MANAGER = 'millrace-install';
const DECLARED_ANNOTATION = 'millrace.dev/declared';

/** Resolves to whether it wrote. Rejects as KubeClient does, and if the file is no Cluster. */
export async function applyDeclared(
  client: KubeClient,
  namespace: string,
  file: string,
): Promise<boolean> {
  const declared = parse(await readFile(file, 'utf8')) as KubeObject & { readonly spec?: unknown };
  if (declared?.kind !== CLUSTERS.kind || declared.metadata?.name === undefined) {
    throw new TypeError(`${file} declares no ${CLUSTERS.kind}`);
  }
  const { name } = declared.metadata;
  const hash = createHash('sha256').update(JSON.stringify(declared)).digest('hex').slice(0, 16);
  const live = await client.get(CLUSTERS, namespace, name);
  const isChild = live?.metadata.ownerReferences?.some(({ kind }) => kind === CONFIG_MAPS.kind);
  if (live?.metadata.annotations?.[DECLARED_ANNOTATION] === hash && isChild !== true) return false;
  const annotations = { ...declared.metadata.annotations, [DECLARED_ANNOTATION]: hash };
  const object = { ...declared, metadata: { ...declared.metadata, annotations } };
  await client.apply(CLUSTERS, namespace, object, { fieldManager: FIELD_MANAGER });
  return true;
}
