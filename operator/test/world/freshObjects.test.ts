import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { it, type TestContext } from 'node:test';
import { ClusterAccess } from '@millrace/kube/clusterAccess';
import { KubeClient } from '@millrace/kube/kubeClient';
import { KubeConnection } from '@millrace/kube/kubeConnection';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { CONFIG_MAPS } from '@millrace/kube/resource';
import { FreshObjects } from '../../src/world/freshObjects.ts';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const object = (name: string, resourceVersion: string): ConfigMap => ({
  metadata: { name, namespace: 'n', resourceVersion },
});

/** A collection of one object, `a` of version 5, whose watch and whose writes the test answers. */
async function followed(t: TestContext) {
  const watch = Promise.withResolvers<ServerResponse>();
  const write = Promise.withResolvers<ServerResponse>();
  let listed = '5';
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (request.method !== 'GET') write.resolve(response);
    else if (request.url?.includes('watch=') === true) {
      response.flushHeaders();
      watch.resolve(response);
    } else {
      response.end(
        JSON.stringify({ metadata: { resourceVersion: listed }, items: [object('a', listed)] }),
      );
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const access = new ClusterAccess();
  const at = { name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
  access.loadFromClusterAndUser(at, { name: 'u' });
  const connection = new KubeConnection(access);
  let changed = Promise.withResolvers<void>();
  const objects = new FreshObjects<ConfigMap>({
    client: new KubeClient(connection),
    of: CONFIG_MAPS,
    namespace: 'n',
    onChanged: () => changed.resolve(),
    onFailed: () => undefined,
  });
  t.after(async () => {
    objects.stop();
    await connection.close();
    server.close();
    server.closeAllConnections();
  });
  await objects.synced;
  const stream = await watch.promise;
  return {
    objects,
    write: write.promise,
    /** A backup of etcd was restored: versions are lower. Resolves when the collection was listed again. */
    restored: async (resourceVersion: string): Promise<void> => {
      listed = resourceVersion;
      changed = Promise.withResolvers<void>();
      const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
      stream.write(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
      await changed.promise;
    },
    /** Resolves when the collection has it. */
    watched: async (type: string, of: ConfigMap): Promise<void> => {
      changed = Promise.withResolvers<void>();
      stream.write(`${JSON.stringify({ type, object: of })}\n`);
      await changed.promise;
    },
  };
}

const BOUND = { timeout: 60_000 };

it('what was written is seen before the watch tells of it', BOUND, async (t) => {
  const { objects, write } = await followed(t);
  const written = objects.put(object('a', '5'));
  (await write).end(JSON.stringify(object('a', '6')));
  await written;
  assert.equal(objects.get('a')?.metadata.resourceVersion, '6');
});

it('an answer that comes after the watch does not take the newer state away', BOUND, async (t) => {
  const { objects, write, watched } = await followed(t);
  const written = objects.put(object('a', '5'));
  const answer = await write;
  await watched('MODIFIED', object('a', '7'));
  answer.end(JSON.stringify(object('a', '6')));
  await written;
  assert.equal(objects.get('a')?.metadata.resourceVersion, '7');
});

it('an answer that comes after the deletion does not bring the object back', BOUND, async (t) => {
  const { objects, write, watched } = await followed(t);
  const written = objects.putStatus(object('a', '5'));
  const answer = await write;
  await watched('DELETED', object('a', '7'));
  answer.end(JSON.stringify(object('a', '6')));
  await written;
  assert.equal(objects.get('a'), undefined);
});

it(
  'what was created and deleted before the answer is forgotten at the next look',
  BOUND,
  async (t) => {
    const { objects, write, watched } = await followed(t);
    const written = objects.create(object('b', ''));
    const answer = await write;
    await watched('ADDED', object('b', '6'));
    await watched('DELETED', object('b', '7'));
    answer.end(JSON.stringify(object('b', '6')));
    await written;
    objects.prune();
    assert.equal(objects.get('b'), undefined);
    assert.equal(objects.get('a')?.metadata.resourceVersion, '5');
  },
);

it('what is listed counts, though a restored backup has lower versions', BOUND, async (t) => {
  const { objects, restored } = await followed(t);
  await restored('3');
  assert.equal(objects.get('a')?.metadata.resourceVersion, '3');
});
