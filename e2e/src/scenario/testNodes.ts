/**
 * What only a test cluster of our own lets us do to nodes and API server (e2e/cluster). Scenarios that need it are left out
 * on other clusters.
 */
import path from 'node:path';
import { REPOSITORY, run } from './program.ts';

const CLUSTER = path.join(REPOSITORY, 'e2e/cluster/cluster');

/** Says why a scenario is left out, for node:test's `skip`; false: it is not. */
export const needsOwnNodes: string | false =
  process.env.E2E_OWN_CLUSTER === '1' ? false : 'needs the nodes of e2e/cluster';

export const testNodes = {
  /** As the kernel would: Kubernetes is not asked. */
  signal: (namespace: string, pod: string, container: string, signal: string) =>
    run(CLUSTER, ['signal', namespace, pod, container, signal]),
  killNode: (node: string) => run(CLUSTER, ['kill', numberOf(node)]),
  bootNode: (node: string) => run(CLUSTER, ['boot', numberOf(node)]),
  cutOff: (node: string) => run(CLUSTER, ['link', numberOf(node), 'down']),
  heal: (node: string) => run(CLUSTER, ['link', numberOf(node), 'up']),
  stopApi: () => run(CLUSTER, ['api', 'stop']),
  startApi: () => run(CLUSTER, ['api', 'start'], { timeoutMs: 90_000 }),
  recycleVolumes: () => run(CLUSTER, ['recycle'], { timeoutMs: 90_000 }),
};

function numberOf(node: string): string {
  return node.replace(/^n/, '');
}
