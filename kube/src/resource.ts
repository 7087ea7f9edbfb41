/** A kind of object and where the API server keeps it. */

export interface Resource {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

/** Of Kubernetes itself, as far as broker and operator touch it; those of millrace.dev are core's. */
export const LEASES = resource('coordination.k8s.io', 'v1', 'leases', 'Lease');
export const EVENTS = resource('events.k8s.io', 'v1', 'events', 'Event');
export const PODS = resource('', 'v1', 'pods', 'Pod');
export const NODES = resource('', 'v1', 'nodes', 'Node');
export const SERVICES = resource('', 'v1', 'services', 'Service');
export const SECRETS = resource('', 'v1', 'secrets', 'Secret');
export const CONFIG_MAPS = resource('', 'v1', 'configmaps', 'ConfigMap');
export const NAMESPACES = resource('', 'v1', 'namespaces', 'Namespace');
export const VOLUME_CLAIMS = resource('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim');
export const VOLUMES = resource('', 'v1', 'persistentvolumes', 'PersistentVolume');
export const STATEFUL_SETS = resource('apps', 'v1', 'statefulsets', 'StatefulSet');
export const DISRUPTION_BUDGETS = resource(
  'policy',
  'v1',
  'poddisruptionbudgets',
  'PodDisruptionBudget',
);
export const CUSTOM_RESOURCE_DEFINITIONS = resource(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);

export function resource(group: string, version: string, plural: string, kind: string): Resource {
  return { group, version, plural, kind };
}

export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `namespace` empty: of all namespaces, or of the cluster if the kind has none. */
export function collectionPath(of: Resource, namespace: string): string {
  const root = of.group === '' ? `/api/${of.version}` : `/apis/${of.group}/${of.version}`;
  const scope = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${of.plural}`;
}

export function objectPath(
  of: Resource,
  namespace: string,
  name: string,
  subresource?: string,
): string {
  const path = `${collectionPath(of, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}
