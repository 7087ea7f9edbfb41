import { after, before } from 'node:test';
import { ApiServer } from '@millrace/e2e/apiServer';
import { createNamespace, installResources } from '@millrace/e2e/installedResources';
import { ClusterAccess } from '@millrace/kube/clusterAccess';
import { KubeClient } from '@millrace/kube/kubeClient';
import { KubeConnection, type KubeConnectionOptions } from '@millrace/kube/kubeConnection';
import { silentLogger } from '../../../src/io/logger.ts';
import { systemClock } from '../../../src/io/systemClock.ts';
import { KubernetesStore } from '../../../src/store/kubernetes/kubernetesStore.ts';

/** `npm test` runs on a machine with nothing but Node; these tests need an API server. */
export const NEEDS_API_SERVER =
  process.env.CLUSTER_BIN === undefined ? 'needs kube-apiserver in $CLUSTER_BIN, and etcd' : false;

/** One API server for the tests of a file, with Millrace's resources. Called where `describe` is. */
export class RealApiServer {
  #server: ApiServer | undefined;
  #admin: KubeClient | undefined;
  #namespaces = 0;

  constructor() {
    before(async () => {
      if (NEEDS_API_SERVER !== false) return;
      this.#server = await ApiServer.start();
      this.#admin = this.#server.client();
      await installResources(this.#admin);
    });
    after(async () => {
      await this.#admin?.connection.close();
      await this.#server?.close();
    });
  }

  get server(): ApiServer {
    if (this.#server === undefined) throw new Error('the API server is not there yet');
    return this.#server;
  }

  get admin(): KubeClient {
    if (this.#admin === undefined) throw new Error('the API server is not there yet');
    return this.#admin;
  }

  async freshNamespace(): Promise<string> {
    this.#namespaces += 1;
    const name = `n${this.#namespaces}`;
    await createNamespace(this.admin, name);
    return name;
  }

  /** As another process has it. */
  store(
    namespace: string,
    options: KubeConnectionOptions = {},
    cluster = 'c',
    kubeconfig = this.server.kubeconfig,
  ): KubernetesStore {
    const access = ClusterAccess.fromFile(kubeconfig);
    return new KubernetesStore({
      client: new KubeClient(new KubeConnection(access, { deadlineMs: 5000, ...options })),
      namespace,
      cluster,
      leaseDurationMs: 15_000,
      clock: systemClock,
      logger: silentLogger,
    });
  }
}
