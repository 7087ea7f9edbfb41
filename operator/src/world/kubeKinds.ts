/** Custom resources as the Kubernetes shell names them. */
import { type Resource, resource } from '@millrace/kube/resource';
import { CLUSTER_RESOURCE } from '@millrace/core/resources/custom/clusterResource';
import { CONSUMER_GROUP_RESOURCE } from '@millrace/core/resources/custom/consumerGroupResource';
import {
  API_GROUP,
  API_VERSION,
  type CustomResource,
} from '@millrace/core/resources/custom/customResource';
import {
  ASSIGNMENT_RESOURCE,
  BROKER_RESOURCE,
  CLUSTER_STATE_RESOURCE,
} from '@millrace/core/resources/custom/internalResources';
import { TOPIC_RESOURCE } from '@millrace/core/resources/custom/topicResource';

const kubeKind = ({ plural, kind }: Pick<CustomResource, 'plural' | 'kind'>): Resource =>
  resource(API_GROUP, API_VERSION, plural, kind);

export const CLUSTERS = kubeKind(CLUSTER_RESOURCE);
export const TOPICS = kubeKind(TOPIC_RESOURCE);
export const CONSUMER_GROUPS = kubeKind(CONSUMER_GROUP_RESOURCE);
export const ASSIGNMENTS = kubeKind(ASSIGNMENT_RESOURCE);
export const BROKERS = kubeKind(BROKER_RESOURCE);
export const CLUSTER_STATES = kubeKind(CLUSTER_STATE_RESOURCE);
