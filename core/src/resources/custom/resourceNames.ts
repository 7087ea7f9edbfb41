/**
 * Names, labels and annotations of what belongs to a cluster. Several clusters live in one namespace: whatever is not
 * named by a topicId carries the name of its Cluster resource, and everything its label.
 */
import { createHash } from 'node:crypto';
import type { BrokerId } from '../../ids.ts';

/** Name of the Cluster resource: brokers and operator select by it. */
export const CLUSTER_LABEL = 'millrace.dev/cluster';
/** Of assignments: hash of the topic's name, which may be longer than a label. */
export const TOPIC_LABEL = 'millrace.dev/topic';
export const INITIALIZED_ANNOTATION = 'millrace.dev/initialized';
/** Of the controller's lease (safety.md, rule 18). */
export const CONTROLLER_EPOCH_ANNOTATION = 'millrace.dev/controller-epoch';

/** On any user-facing resource: `true` stops the operator there, but for status. */
export const PAUSE_ANNOTATION = 'millrace.dev/pause';
/** Any new value: look at it now. */
export const RECONCILE_ANNOTATION = 'millrace.dev/reconcile-now';
/** On a Cluster, any new value: restart all brokers in order. On a broker's pod: restart that one. */
export const RESTART_ANNOTATION = 'millrace.dev/restart';
/** On a Cluster, `true`: brokers above the new number go without being empty. */
export const SKIP_SCALEDOWN_CHECK_ANNOTATION = 'millrace.dev/skip-scaledown-check';
/** On a Broker, `true`: its disk is lost; a new one is made once nothing counts on the old. */
export const REPLACE_ANNOTATION = 'millrace.dev/replace';

/** The longest that leaves room for what is appended in names of pods and in their labels. */
export const CLUSTER_NAME_CHARS_MAX = 40;

export function brokerObjectName(cluster: string, brokerId: BrokerId): string {
  return `${cluster}-${brokerId}`;
}

export function clusterStateName(cluster: string): string {
  return cluster;
}

/** Its holder is `<id>/<bootId>@host:port` of the controller. */
export function controllerLeaseName(cluster: string): string {
  return `${cluster}-controller`;
}

/** Of the StatefulSet, ConfigMap and PodDisruptionBudget; pods append `-<id>`. */
export function brokersName(cluster: string): string {
  return `${cluster}-broker`;
}

/** The headless Service: `<pod>.<this>` finds one broker. */
export function brokersServiceName(cluster: string): string {
  return `${cluster}-brokers`;
}

export function brokerPodName(cluster: string, brokerId: number): string {
  return `${brokersName(cluster)}-${brokerId}`;
}

/** The one address for clients. */
export function clientServiceName(cluster: string): string {
  return cluster;
}

/** Value of TOPIC_LABEL. */
export function topicLabel(topicName: string): string {
  return createHash('sha256').update(topicName).digest('hex').slice(0, 16);
}
