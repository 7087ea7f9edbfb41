import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import type { KubeClient } from '@millrace/kube/kubeClient';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { applyDeclared } from '../src/declaredCluster.ts';

it('the Cluster of the installation is applied when it is gone, and is nobody’s child', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-declared-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'cluster.yaml');
  await writeFile(file, 'kind: Cluster\nmetadata: {name: mill}\nspec: {}\n');
  let live: KubeObject | undefined;
  const client = {
    get: (of: { readonly kind: string }) =>
      Promise.resolve(of.kind === 'Cluster' ? live : { metadata: { name: 'cm', uid: 'u' } }),
    apply: (_: object, __: string, object: KubeObject) => {
      live = object;
      return Promise.resolve(object);
    },
  } as unknown as KubeClient;
  assert.equal(await applyDeclared(client, 'n', file), true);
  assert.equal(live?.metadata.ownerReferences, undefined);
  assert.equal(await applyDeclared(client, 'n', file), false, 'it is as declared');
  const applied = live;
  live = undefined;
  assert.equal(await applyDeclared(client, 'n', file), true, 'it was gone');
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'cm', uid: 'u' };
  live = { metadata: { ...applied?.metadata, ownerReferences: [owner] } } as unknown as KubeObject;
  assert.equal(await applyDeclared(client, 'n', file), true, 'of an older installation');
  assert.equal(live?.metadata.ownerReferences, undefined);
});
