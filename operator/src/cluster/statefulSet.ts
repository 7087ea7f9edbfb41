/**
 * The pods of the brokers. OnDelete and Parallel: the operator alone orders restarts, and a broken pod can be rolled back
 * [kubernetes#67250]. Pure.
 */
import { brokersName, brokersServiceName } from '@millrace/core/resources/custom/resourceNames';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { brokerLabels, brokerSelector, ownedMetadata } from './clusterLabels.ts';
import type { ClusterView } from './clusterView.ts';
import { REVISION_ANNOTATION, revisionOf } from './revision.ts';
import { BROKER_PORTS } from './services.ts';

const USER = 10_001;
const DATA_DIRECTORY = '/var/lib/millrace';
/** SIGTERM hands leaderships over first (contracts.md, Restart of a pod). */
const GRACE_SECONDS = 120;
const STARTUP_SECONDS_MAX = 1800;

export function brokerStatefulSet(view: ClusterView): KubeObject {
  const { cluster, replicas } = view;
  const { name } = cluster.metadata;
  const { storage } = cluster.spec.brokers;
  const object = {
    metadata: ownedMetadata(cluster, brokersName(name)),
    spec: {
      replicas,
      serviceName: brokersServiceName(name),
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'OnDelete' },
      selector: { matchLabels: brokerSelector(name) },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      template: podTemplate(view),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data', labels: brokerSelector(name) },
          spec: {
            accessModes: [storage.accessMode],
            resources: { requests: { storage: storage.size } },
            ...(storage.storageClassName === undefined
              ? {}
              : { storageClassName: storage.storageClassName }),
          },
        },
      ],
    },
  };
  return object;
}

function podTemplate(view: ClusterView) {
  const { cluster, serviceAccountName } = view;
  const { brokers, imagePullSecrets } = cluster.spec;
  const { name } = cluster.metadata;
  const {
    nodeSelector,
    tolerations,
    affinity,
    priorityClassName,
    topologySpreadConstraints = spread(name),
  } = brokers;
  return {
    metadata: {
      labels: { ...brokers.podLabels, ...brokerLabels(name) },
      annotations: { ...brokers.podAnnotations, [REVISION_ANNOTATION]: revisionOf(view) },
    },
    spec: {
      serviceAccountName,
      // A Service called like a variable of ours would set it.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      topologySpreadConstraints,
      containers: [container(view)],
      volumes: [{ name: 'tmp', emptyDir: {} }],
      ...given({ nodeSelector, tolerations, affinity, priorityClassName, imagePullSecrets }),
    },
  };
}

function container({ cluster, image }: ClusterView) {
  const { name, namespace } = cluster.metadata;
  const { imagePullPolicy, brokers } = cluster.spec;
  const probe = { httpGet: { path: '/livez', port: 'http' } };
  return {
    name: 'broker',
    image,
    command: ['broker'],
    envFrom: [{ configMapRef: { name: brokersName(name) } }],
    env: [
      fromField('MILLRACE_POD_NAME', 'metadata.name'),
      fromField('MILLRACE_POD_IP', 'status.podIP'),
      fromField('MILLRACE_RACK', `metadata.labels['${brokers.rackLabel}']`),
      { name: 'MILLRACE_STORE', value: 'kubernetes' },
      { name: 'MILLRACE_NAMESPACE', value: namespace },
      { name: 'MILLRACE_CLUSTER_NAME', value: name },
      { name: 'MILLRACE_HOST', value: '0.0.0.0' },
      { name: 'MILLRACE_DATA', value: DATA_DIRECTORY },
      { name: 'MILLRACE_LOG_FORMAT', value: 'json' },
    ],
    ports: BROKER_PORTS.map((port) => ({
      name: port.name,
      containerPort: port.port,
      protocol: 'TCP',
    })),
    // A broker in log recovery is alive: it answers as soon as its port is bound, and has half an hour to serve.
    startupProbe: { ...probe, periodSeconds: 1, failureThreshold: STARTUP_SECONDS_MAX },
    livenessProbe: { ...probe, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: {
      httpGet: { path: '/readyz', port: 'http' },
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'data', mountPath: DATA_DIRECTORY },
      { name: 'tmp', mountPath: '/tmp' },
    ],
    ...given({ imagePullPolicy, resources: brokers.resources }),
  };
}

function fromField(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
}

/** Where that is possible: a cluster on one node is one to try things on. */
function spread(cluster: string) {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: brokerSelector(cluster) },
  }));
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
