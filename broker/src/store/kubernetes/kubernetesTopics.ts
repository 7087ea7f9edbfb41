/** Topic resources, as far as Admin requests write and read them; what they mean is the operator's. */
import type { MillraceError } from '@millrace/core/errors';
import { millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import { configTexts } from '@millrace/core/resources/custom/topicConfigField';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import type { KubeClient } from '@millrace/kube/kubeClient';
import { isKubeError } from '@millrace/kube/kubeError';
import { type KubeObject, versionNumber } from '@millrace/kube/kubeObject';
import type {
  DeclarationChange,
  NewDeclaration,
  TopicDeclaration,
  TopicDeclarations,
} from '../topicDeclarations.ts';
import { TOPICS } from './storedKinds.ts';
import { storeFailure } from './storeFailure.ts';
import { distinctResourceName, topicResourceName } from './topicResourceName.ts';

export interface KubernetesTopicsOptions {
  /** Of this alone: closed with it. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly cluster: string;
}

/** The operator's, of the younger of two for one topic. */
const CONFLICTING = 'ResourceConflict';

export class KubernetesTopics implements TopicDeclarations {
  readonly #options: KubernetesTopicsOptions;

  constructor(options: KubernetesTopicsOptions) {
    this.#options = options;
  }

  async find(topicName: string): Promise<TopicDeclaration | undefined> {
    const likely = await this.read(topicResourceName(topicName));
    if (likely?.topicName === topicName && likely.reason !== CONFLICTING) return likely;
    const { client, namespace } = this.#options;
    const { items } = await this.#call(topicName, () =>
      client.list<TopicResource>(TOPICS, namespace),
    );
    const found = items
      .filter((item) => this.#isOurs(item))
      .map(declarationOf)
      .filter((declaration) => declaration.topicName === topicName);
    return found.find(({ reason }) => reason !== CONFLICTING) ?? found[0];
  }

  async read(resourceName: string): Promise<TopicDeclaration | undefined> {
    const { client, namespace } = this.#options;
    const found = await this.#call(resourceName, () =>
      client.get<TopicResource>(TOPICS, namespace, resourceName),
    );
    return found !== undefined && this.#isOurs(found) ? declarationOf(found) : undefined;
  }

  async create(declaration: NewDeclaration): Promise<TopicDeclaration> {
    const { topicName } = declaration;
    const resourceName = topicResourceName(topicName);
    return await this.#call(topicName, async () => {
      try {
        return await this.#create(resourceName, declaration);
      } catch (error) {
        if (!isKubeError(error, 'already-exists')) throw error;
        // Ours: somebody was faster. Another cluster's: the name is taken, and that of the topic is free.
        if ((await this.read(resourceName)) !== undefined) throw error;
        const { cluster } = this.#options;
        return await this.#create(distinctResourceName(cluster, topicName), declaration);
      }
    });
  }

  async change(
    { resourceName, version }: TopicDeclaration,
    { partitions, config }: DeclarationChange,
  ): Promise<TopicDeclaration> {
    const { client, namespace } = this.#options;
    // In a merge patch null takes a key away.
    const entries = Object.entries(config).map(([key, value]) => [key, value ?? null] as const);
    const patch = {
      metadata: { resourceVersion: String(version) },
      spec: {
        ...(partitions !== undefined && { partitions }),
        ...(entries.length > 0 && { config: Object.fromEntries(entries) }),
      },
    };
    return await this.#call(resourceName, async () =>
      declarationOf(
        (await client.mergePatch<KubeObject>(
          TOPICS,
          namespace,
          resourceName,
          patch,
        )) as TopicResource,
      ),
    );
  }

  async remove({ resourceName, version }: TopicDeclaration): Promise<void> {
    const { client, namespace } = this.#options;
    const preconditions = { resourceVersion: String(version) };
    await this.#call(resourceName, () =>
      client.delete(TOPICS, namespace, resourceName, preconditions),
    );
  }

  async close(): Promise<void> {
    await this.#options.client.connection.close();
  }

  async #create(resourceName: string, declaration: NewDeclaration): Promise<TopicDeclaration> {
    const { client, namespace, cluster } = this.#options;
    const { topicName, partitions, replicationFactor, config } = declaration;
    const object = {
      metadata: { name: resourceName },
      spec: {
        clusterRef: { name: cluster },
        ...(topicName !== resourceName && { topicName }),
        ...(partitions !== undefined && { partitions }),
        ...(replicationFactor !== undefined && { replicationFactor }),
        ...(Object.keys(config).length > 0 && { config }),
        // As everywhere else, who deletes the topic deletes its records.
        deletionPolicy: 'Delete' as const,
      },
    };
    return declarationOf(
      (await client.create(TOPICS, namespace, object)) as unknown as TopicResource,
    );
  }

  #isOurs({ spec }: TopicResource): boolean {
    return spec.clusterRef.name === this.#options.cluster;
  }

  async #call<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      throw refusal(thrown, `Topic ${what}`);
    }
  }
}

/** What the schema refuses, the request asked for. */
function refusal(thrown: unknown, what: string): MillraceError {
  if (isKubeError(thrown, 'invalid')) {
    const { message } = thrown as Error;
    return millraceError('INVALID_REQUEST', message, { outcome: 'not-applied', cause: thrown });
  }
  return storeFailure(thrown, what);
}

function declarationOf(resource: TopicResource): TopicDeclaration {
  const { metadata, spec, status } = resource;
  const of = (type: string) => status?.conditions?.find((condition) => condition.type === type);
  const isCurrent = status?.observedGeneration === metadata.generation;
  const ready = of('Ready');
  const isRefused = of('Stalled')?.status === 'True';
  const progress = isRefused ? 'refused' : 'waiting';
  return {
    resourceName: metadata.name,
    version: versionNumber(metadata.resourceVersion),
    topicName: spec.topicName ?? metadata.name,
    partitions: spec.partitions,
    replicationFactor: spec.replicationFactor,
    config: configTexts(spec.config),
    isRetained: spec.deletionPolicy === 'Retain',
    topicId: status?.topicId as TopicId | undefined,
    state: !isCurrent ? 'waiting' : ready?.status === 'True' ? 'done' : progress,
    reason: isCurrent ? (ready?.reason ?? '') : '',
    message: isCurrent ? (ready?.message ?? '') : '',
  };
}
