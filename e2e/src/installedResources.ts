/** Installs the CustomResourceDefinitions of manifests/crds, and waits until the API server serves them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { KubeClient } from '@millrace/kube/kubeClient';
import type { UntypedObject } from '@millrace/kube/kubeObject';
import { CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES } from '@millrace/kube/resource';
import { parse } from 'yaml';

const POLL_MS = 50;
const ESTABLISHED_MS_MAX = 30_000;

export async function installResources(client: KubeClient): Promise<void> {
  const folder = new URL('../../manifests/crds/', import.meta.url);
  const definitions = readdirSync(folder).map(
    (file) => parse(readFileSync(new URL(file, folder), 'utf8')) as UntypedObject,
  );
  const options = { fieldManager: 'millrace-tests' };
  for (const definition of definitions) {
    await client.apply(CUSTOM_RESOURCE_DEFINITIONS, '', definition, options);
  }
  const until = performance.now() + ESTABLISHED_MS_MAX;
  for (const { metadata, spec } of definitions) {
    const { group, names } = spec as { group: string; names: { plural: string } };
    const path = `/apis/${group}/v1alpha1/${names.plural}`;
    for (;;) {
      const found = await client.get<UntypedObject>(CUSTOM_RESOURCE_DEFINITIONS, '', metadata.name);
      if (isEstablished(found) && (await isServed(client, path))) break;
      if (performance.now() > until) throw new Error(`${metadata.name} is not served`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

export async function createNamespace(client: KubeClient, name: string): Promise<void> {
  await client.create(NAMESPACES, '', { metadata: { name } });
}

function isEstablished(definition: UntypedObject | undefined): boolean {
  const { conditions = [] } = (definition?.status ?? {}) as {
    conditions?: { type: string; status: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}

async function isServed({ connection }: KubeClient, path: string): Promise<boolean> {
  try {
    await connection.call({ method: 'GET', path, query: { limit: 1 } });
    return true;
  } catch {
    return false;
  }
}
