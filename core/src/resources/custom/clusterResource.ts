/** Cluster (kubernetes.md, Custom resources): brokers, their disks and how they are reached. */
import { BROKER_TABLE } from '../../brokerConfig.ts';
import { CONDITIONS, OBSERVED_GENERATION } from './condition.ts';
import { customResource, type CustomObject, type SpecOf, type StatusOf } from './customResource.ts';
import { CLUSTER_NAME_CHARS_MAX } from './resourceNames.ts';
import {
  choice,
  defaulted,
  integer,
  intOrText,
  list,
  map,
  object,
  optional,
  passedOn,
  text,
} from './schema.ts';
import { topicConfigField } from './topicConfigField.ts';

const BROKERS_MAX = 100;
const CLUSTER_ID = text('UUID of the cluster, lower case.', {
  maxLength: 36,
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
});

/** What the operator sets, or the pod. */
const SET_BY_OPERATOR: readonly string[] = [
  'brokerId',
  'dataDir',
  'journalDir',
  'host',
  'advertisedHost',
  'clientPort',
  'peerPort',
  'httpPort',
  'dataPort',
  'peerDataPort',
  'rack',
  'store',
  'clusterId',
  'clusterName',
  'namespace',
  'podName',
  'podIp',
];

export const BROKER_CONFIG_KEYS: readonly string[] = Object.keys(BROKER_TABLE).filter(
  (key) => !SET_BY_OPERATOR.includes(key),
);
const KNOWN = `[${BROKER_CONFIG_KEYS.map((key) => `'${key}'`).join(', ')}]`;

const BROKER_CONFIG = map(
  `Settings of the brokers, as in docs/CONFIGURATION.md: ${BROKER_CONFIG_KEYS.join(', ')}. A change restarts them in order.`,
  intOrText('The value.', 256),
  {
    maxProperties: 64,
    rules: [
      {
        rule: `self.all(key, key in ${KNOWN})`,
        message:
          'a key is unknown, or set by the operator itself: see kubectl explain cluster.spec.brokers.config',
      },
    ],
  },
);

const LABELS = (description: string) =>
  map(description, text('The value.', { maxLength: 4096 }), { maxProperties: 64 });

const QUANTITY = '^([+]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';

const STORAGE = object(
  'Disk of each broker. It survives the Cluster.',
  {
    size: defaulted(
      text('Size of the volume, such as 100Gi.', { maxLength: 32, pattern: QUANTITY }),
      '10Gi',
    ),
    storageClassName: optional(
      text('Class of the volume; the default one unless given.', { maxLength: 253 }),
    ),
    accessMode: defaulted(
      choice('ReadWriteOncePod keeps two pods off one disk; not every driver has it.', [
        'ReadWriteOncePod',
        'ReadWriteOnce',
      ]),
      'ReadWriteOnce',
    ),
  },
  [
    {
      rule: 'self.size == oldSelf.size && self.accessMode == oldSelf.accessMode && has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)',
      message:
        'the storage of a Cluster cannot be changed: its volumes are there. Add brokers on other storage by a new Cluster',
    },
  ],
);

const BROKERS = object('The brokers.', {
  replicas: defaulted(
    integer('Number of brokers. Those above a lower number are emptied before they go.', {
      min: 1,
      max: BROKERS_MAX,
    }),
    3,
  ),
  storage: defaulted(STORAGE, { size: '10Gi', accessMode: 'ReadWriteOnce' }),
  resources: optional(
    passedOn<Readonly<Record<string, Readonly<Record<string, string | number>>>>>(
      'Requests and limits as of any container; the broker plans with its memory limit.',
      'object',
    ),
  ),
  config: optional(BROKER_CONFIG),
  rackLabel: defaulted(
    text(
      'Label of the pod that tells its rack, which Kubernetes 1.35 copies from the node: replicas are spread over racks.',
      { maxLength: 253 },
    ),
    'topology.kubernetes.io/zone',
  ),
  serviceAccountName: optional(
    text("Account of the pods; the operator's default unless given.", { maxLength: 253 }),
  ),
  nodeSelector: optional(LABELS('Labels that a node must have.')),
  tolerations: optional(
    passedOn<readonly object[]>('Taints of nodes that do not matter.', 'array'),
  ),
  affinity: optional(passedOn<object>('As of any pod.', 'object')),
  topologySpreadConstraints: optional(
    passedOn<readonly object[]>(
      'As of any pod; unless given, brokers are spread over zones and nodes where that is possible.',
      'array',
    ),
  ),
  priorityClassName: optional(text('Priority of the pods.', { maxLength: 253 })),
  podLabels: optional(LABELS('More labels of the pods.')),
  podAnnotations: optional(LABELS('More annotations of the pods.')),
});

const CLIENT_SERVICE = object('The Service that clients use: one address for all brokers.', {
  type: defaulted(
    choice('As of any Service.', ['ClusterIP', 'NodePort', 'LoadBalancer']),
    'ClusterIP',
  ),
  annotations: optional(LABELS('Annotations, for load balancers.')),
  nodePort: optional(
    integer('Port at each node, with NodePort and LoadBalancer.', { min: 1, max: 65_535 }),
  ),
});

const SPEC = object(
  'What the cluster is to be.',
  {
    clusterId: optional(CLUSTER_ID),
    image: optional(
      text('Image of the brokers. Unless given, that of the operator when the Cluster was made.', {
        minLength: 1,
        maxLength: 1024,
      }),
    ),
    imagePullPolicy: optional(choice('As of any container.', ['Always', 'IfNotPresent', 'Never'])),
    imagePullSecrets: optional(
      list(
        'Secrets for the registry.',
        object('A Secret.', { name: text('Its name.', { minLength: 1, maxLength: 253 }) }),
        { maxItems: 16 },
      ),
    ),
    brokers: defaulted(BROKERS, {
      replicas: 3,
      storage: { size: '10Gi', accessMode: 'ReadWriteOnce' },
      rackLabel: 'topology.kubernetes.io/zone',
    }),
    clientService: defaulted(CLIENT_SERVICE, { type: 'ClusterIP' }),
    topicDefaults: optional(
      object('What a Topic is that does not say it.', {
        partitions: optional(integer('Number of partitions.', { min: 1, max: 10_000 })),
        replicationFactor: optional(integer('Copies of each partition.', { min: 1, max: 100 })),
        config: optional(topicConfigField('Settings of topics.')),
      }),
    ),
  },
  [
    {
      rule: '!has(oldSelf.clusterId) || (has(self.clusterId) && self.clusterId == oldSelf.clusterId)',
      message: 'clusterId cannot be changed: it is written on every disk of the cluster',
    },
  ],
);

const count = (description: string) => integer(description, { min: 0, max: 1_000_000 });

const STATUS = object('What the cluster is.', {
  conditions: optional(CONDITIONS),
  observedGeneration: optional(OBSERVED_GENERATION),
  clusterId: optional(CLUSTER_ID),
  replicas: optional(count('Pods of brokers there are.')),
  selector: optional(text('Selects them, for autoscalers.', { maxLength: 1024 })),
  readyBrokers: optional(count('Brokers that serve.')),
  updatedBrokers: optional(count('Brokers that run what the spec says.')),
  image: optional(text('Image that brokers are to run.', { maxLength: 1024 })),
  featureLevel: optional(count('What records and disks may contain; it never falls.')),
});

export const CLUSTER_RESOURCE = customResource({
  kind: 'Cluster',
  plural: 'clusters',
  shortNames: ['mrc'],
  category: 'millrace',
  description: 'A cluster of Millrace brokers.',
  spec: SPEC,
  status: STATUS,
  rules: [
    {
      rule: `self.metadata.name.size() <= ${CLUSTER_NAME_CHARS_MAX} && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')`,
      message: `the name of a Cluster has at most ${CLUSTER_NAME_CHARS_MAX} letters, digits and "-" and begins with a letter: pods and Services are named after it`,
    },
  ],
  columns: [
    { name: 'Brokers', jsonPath: '.spec.brokers.replicas', type: 'integer' },
    { name: 'Ready brokers', jsonPath: '.status.readyBrokers', type: 'integer' },
    { name: 'Updated', jsonPath: '.status.updatedBrokers', type: 'integer' },
    { name: 'Ready', jsonPath: ".status.conditions[?(@.type=='Ready')].status", type: 'string' },
    { name: 'Reason', jsonPath: ".status.conditions[?(@.type=='Ready')].reason", type: 'string' },
    { name: 'Image', jsonPath: '.status.image', type: 'string', priority: 1 },
    { name: 'Feature level', jsonPath: '.status.featureLevel', type: 'integer', priority: 1 },
  ],
  scale: {
    specReplicasPath: '.spec.brokers.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  },
});

export type ClusterSpec = SpecOf<typeof CLUSTER_RESOURCE>;
export type ClusterStatus = StatusOf<typeof CLUSTER_RESOURCE>;
export type ClusterResource = CustomObject<ClusterSpec, ClusterStatus>;
