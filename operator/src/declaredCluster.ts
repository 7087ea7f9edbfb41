/**
 * The Cluster that comes with the installation: a chart cannot carry it beside its own CRD, so the operator applies it. It
 * is applied again when what is declared is another: what a person changed meanwhile (`kubectl scale`) stays until then.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { KubeClient } from '@millrace/kube/kubeClient';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { apiVersionOf, CONFIG_MAPS } from '@millrace/kube/resource';
import { parse } from 'yaml';
import { CLUSTERS } from './world/kubeKinds.ts';

const FIELD_MANAGER = 'millrace-install';
const DECLARED_ANNOTATION = 'millrace.dev/declared';

export interface Declaration {
  readonly file: string;
  /** ConfigMap that it came in, and with which the Cluster goes; empty: it stays. */
  readonly configMap: string;
}

/** Resolves to whether it wrote. Rejects as KubeClient does, and if the file is no Cluster. */
export async function applyDeclared(
  client: KubeClient,
  namespace: string,
  { file, configMap }: Declaration,
): Promise<boolean> {
  const declared = parse(await readFile(file, 'utf8')) as KubeObject & { readonly spec?: unknown };
  if (declared?.kind !== CLUSTERS.kind || declared.metadata?.name === undefined) {
    throw new TypeError(`${file} declares no ${CLUSTERS.kind}`);
  }
  const { name } = declared.metadata;
  const hash = createHash('sha256').update(JSON.stringify(declared)).digest('hex').slice(0, 16);
  const live = await client.get(CLUSTERS, namespace, name);
  if (live?.metadata.annotations?.[DECLARED_ANNOTATION] === hash) return false;
  const source = configMap === '' ? undefined : await client.get(CONFIG_MAPS, namespace, configMap);
  const object = {
    ...declared,
    metadata: {
      ...declared.metadata,
      annotations: { ...declared.metadata.annotations, [DECLARED_ANNOTATION]: hash },
      ...(source === undefined ? {} : { ownerReferences: [childOf(source)] }),
    },
  };
  await client.apply(CLUSTERS, namespace, object, { fieldManager: FIELD_MANAGER });
  return true;
}

function childOf({ metadata: { name, uid = '' } }: KubeObject) {
  return { apiVersion: apiVersionOf(CONFIG_MAPS), kind: CONFIG_MAPS.kind, name, uid };
}
