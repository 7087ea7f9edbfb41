import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';
import { ClusterProblem } from '../../src/cluster/clusterProblem.ts';
import type { ClusterView } from '../../src/cluster/clusterView.ts';
import { brokerConfigMap } from '../../src/cluster/configMap.ts';
import { revisionOf } from '../../src/cluster/revision.ts';
import { brokerStatefulSet } from '../../src/cluster/statefulSet.ts';
import { cluster as known, CLUSTER_ID } from '../topic/topicWorld.ts';

type Brokers = ClusterResource['spec']['brokers'];

function clusterView(
  brokers: Partial<Brokers> = {},
  given: Partial<ClusterView> = {},
): ClusterView {
  const { spec } = known();
  const cluster: ClusterResource = {
    apiVersion: 'millrace.dev/v1alpha1',
    kind: 'Cluster',
    metadata: {
      name: 'mill',
      namespace: 'n',
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { ...spec, brokers: { ...spec.brokers, ...brokers } },
  };
  return {
    cluster,
    clusterId: CLUSTER_ID,
    replicas: 3,
    image: 'millrace:1',
    serviceAccountName: 'broker',
    ...given,
  };
}

describe('what is made for a Cluster', () => {
  it('restarts brokers for what they run with, and for nothing else', () => {
    const revision = revisionOf(clusterView());
    assert.equal(revisionOf(clusterView({ replicas: 5 })), revision);
    assert.equal(
      revisionOf(clusterView({}, { serviceAccountName: 'other', replicas: 9 })),
      revision,
    );
    assert.notEqual(revisionOf(clusterView({}, { image: 'millrace:2' })), revision);
    assert.notEqual(revisionOf(clusterView({ config: { heartbeatMs: '1s' } })), revision);
    const [ab, ba] = [{ nodeSelector: { a: '1', b: '2' } }, { nodeSelector: { b: '2', a: '1' } }];
    assert.equal(revisionOf(clusterView(ab)), revisionOf(clusterView(ba)));
  });

  it('is a pod that the restricted standard of Kubernetes takes', () => {
    const { spec } = brokerStatefulSet(clusterView()) as unknown as {
      spec: { template: { spec: Record<string, unknown> } };
    };
    const pod = spec.template.spec as {
      securityContext: object;
      containers: { securityContext: object }[];
      terminationGracePeriodSeconds: number;
    };
    assert.deepEqual(pod.containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.partialDeepStrictEqual(pod.securityContext, {
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    assert.equal(pod.terminationGracePeriodSeconds, 120);
  });

  it('carries settings as the variables that brokers read, checked before any broker reads them', () => {
    const { data } = brokerConfigMap(clusterView({ config: { retentionCheckMs: '10s' } }));
    assert.deepEqual(data, {
      MILLRACE_CLUSTER_ID: CLUSTER_ID,
      MILLRACE_RETENTION_CHECK_MS: '10s',
    });
    assert.throws(
      () => brokerConfigMap(clusterView({ config: { retentionCheckMs: 'soon' } })),
      (error) => error instanceof ClusterProblem && /retentionCheckMs/.test(error.message),
    );
  });
});
