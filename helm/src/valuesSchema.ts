/** The values of the chart: types, bounds and a sentence for each. `cluster.spec` is the CRD's own. */
import type { JsonSchema } from './jsonSchema.ts';

const text = (description: string): JsonSchema => ({ type: 'string', description });
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
const labels = (description: string): JsonSchema => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string' },
});
const free = (type: 'object' | 'array', description: string): JsonSchema => ({ type, description });
const section = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});
const account = (whose: string): JsonSchema =>
  section({ annotations: labels(`Annotations of ${whose} account.`) });

export function valuesSchema(clusterSpec: JsonSchema): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Values of the chart millrace',
    ...section({
      global: free('object', 'Of a chart that has this one as a part; not used.'),
      nameOverride: text('Instead of `millrace` in names and labels.'),
      fullnameOverride: text('Instead of the name of the release in names.'),
      image: section({
        repository: text('Image of operator and brokers; it holds the command line too.'),
        tag: text('Tag; the version of the chart unless given.'),
        pullPolicy: {
          enum: ['Always', 'IfNotPresent', 'Never'],
          description: 'When nodes pull it.',
        },
      }),
      imagePullSecrets: free('array', 'Secrets for the registry: `[{name: ...}]`.'),
      crds: section({
        create: flag(
          'Install and upgrade the custom resource definitions. They stay when the release goes: with them would go every Topic.',
        ),
      }),
      cluster: section({
        create: flag('A first Cluster, applied by the operator; it stays when the release goes.'),
        name: text('Its name; that of the release unless given.'),
        spec: {
          ...clusterSpec,
          description: 'Spec of the Cluster: `kubectl explain cluster.spec`.',
        },
      }),
      operator: section({
        replicas: {
          type: 'integer',
          minimum: 0,
          description: 'Pods, of which one works; another takes over within 15 s.',
        },
        logLevel: {
          enum: ['error', 'warn', 'info', 'debug'],
          description: 'Least severity of what it logs.',
        },
        resources: free('object', 'Requests and limits.'),
        podAnnotations: labels('Annotations of its pods.'),
        nodeSelector: labels('Labels that its nodes must have.'),
        tolerations: free('array', 'Taints of nodes that do not matter.'),
        affinity: free('object', 'As of any pod.'),
        priorityClassName: text('Priority of its pods.'),
        podDisruptionBudget: section({
          enabled: flag('A drain takes one of its pods at a time.'),
        }),
      }),
      serviceAccounts: section({
        operator: account("the operator's"),
        broker: account("the brokers'"),
      }),
      networkPolicy: section({
        enabled: flag(
          'Let only brokers and operator reach the ports between brokers (7072, 7075).',
        ),
        clients: free('array', 'Peers that may reach 7071 and 7074; everybody when empty.'),
      }),
      monitoring: section({
        serviceMonitor: section({
          enabled: flag('PodMonitors of brokers and operator (Prometheus operator).'),
          labels: labels('Labels by which your Prometheus finds them.'),
          interval: text('Between two scrapes.'),
        }),
        prometheusRule: section({
          enabled: flag('The alerts, with a page each in docs/runbooks.'),
          labels: labels('Labels by which your Prometheus finds them.'),
        }),
        grafanaDashboard: section({
          enabled: flag("A ConfigMap with the dashboard, for Grafana's sidecar."),
          labels: labels('Labels by which the sidecar finds it.'),
        }),
      }),
      flowSchema: section({
        enabled: flag(
          'FlowSchemas: lease and state of the brokers are not held up by other clients of the API server. Cluster-wide objects.',
        ),
      }),
      admissionPolicy: section({
        enabled: flag(
          'A ValidatingAdmissionPolicy: nobody but Millrace deletes a PartitionAssignment. A cluster-wide object.',
        ),
      }),
    }),
  };
}
