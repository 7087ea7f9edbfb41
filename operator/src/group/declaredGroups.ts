/**
 * Which ConsumerGroups were declared to coordinators: a ConfigMap of the cluster, a row for each uid, written before the
 * declaration. So that one whose resource went while no operator ran is withdrawn, without finalizers.
 */
import { CLUSTER_LABEL } from '@millrace/core/resources/custom/resourceNames';
import { brokerLabels } from '../cluster/clusterLabels.ts';
import type { ConfigMapObject } from '../cluster/configMap.ts';
import type { World } from '../world/world.ts';

export interface DeclaredGroup {
  readonly uid: string;
  readonly groupId: string;
  readonly isDeletedWithResource: boolean;
}

export class DeclaredGroups {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Of all clusters of the namespace, with the Cluster that each is of. */
  all(): { readonly cluster: string; readonly group: DeclaredGroup }[] {
    return [...this.#world.configMaps.list()]
      .filter(({ metadata }) => metadata.name.endsWith(SUFFIX))
      .flatMap((object) => {
        const cluster = object.metadata.labels?.[CLUSTER_LABEL] ?? '';
        return rowsOf(object).map((group) => ({ cluster, group }));
      });
  }

  async add(cluster: string, group: DeclaredGroup): Promise<void> {
    const row = textOf(group);
    await this.#change(cluster, (data) =>
      data[group.uid] === row ? undefined : { ...data, [group.uid]: row },
    );
  }

  async remove(cluster: string, uid: string): Promise<void> {
    await this.#change(cluster, ({ [uid]: row, ...others }) =>
      row === undefined ? undefined : others,
    );
  }

  async #change(
    cluster: string,
    change: (data: Readonly<Record<string, string>>) => Record<string, string> | undefined,
  ): Promise<void> {
    const { configMaps, namespace } = this.#world;
    const name = `${cluster}${SUFFIX}`;
    const object = configMaps.get(name) as ConfigMapObject | undefined;
    const data = change(object?.data ?? {});
    if (data === undefined) return;
    if (object !== undefined) await configMaps.put({ ...object, data } as ConfigMapObject);
    else {
      const metadata = { name, namespace, labels: brokerLabels(cluster) };
      await configMaps.create({ metadata, data } as ConfigMapObject);
    }
  }
}

const SUFFIX = '-declared-groups';

function textOf({ groupId, isDeletedWithResource }: DeclaredGroup): string {
  return JSON.stringify({ groupId, isDeletedWithResource });
}

/** A row that a person broke is left out: what it said can't be known. */
function rowsOf(object: unknown): DeclaredGroup[] {
  const { data = {} } = object as Partial<ConfigMapObject>;
  return Object.entries(data).flatMap(([uid, text]) => {
    try {
      const row = JSON.parse(text) as Partial<DeclaredGroup>;
      const { groupId, isDeletedWithResource = false } = row;
      return typeof groupId === 'string' ? [{ uid, groupId, isDeletedWithResource }] : [];
    } catch {
      return [];
    }
  });
}
