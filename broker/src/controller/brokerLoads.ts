/** What each live broker holds, for placement. Pure, over the committed model. */
import type { BrokerId } from '@millrace/core/ids';
import type { PlaceableBroker } from '@millrace/core/place';
import type { ClusterModel } from './clusterModel.ts';
import type { Roster } from './roster.ts';

/** Live brokers that stay. Those that are cordoned or draining are among them, and marked so. */
export function placeableBrokers(model: ClusterModel, roster: Roster): PlaceableBroker[] {
  const replicas = new Map<BrokerId, number>();
  const leaders = new Map<BrokerId, number>();
  for (const { object } of model.chunks.values()) {
    for (const wanted of object.spec.deleted ? [] : object.spec.replicas) {
      const [preferred] = wanted;
      if (preferred !== undefined) leaders.set(preferred, (leaders.get(preferred) ?? 0) + 1);
      for (const brokerId of wanted) replicas.set(brokerId, (replicas.get(brokerId) ?? 0) + 1);
    }
  }
  return [...roster.all()]
    .filter(({ state, stopping }) => state === 'live' && !stopping)
    .map(({ brokerId, status }) => {
      const spec = model.brokers.get(brokerId)?.spec;
      return {
        id: brokerId,
        rack: status?.rack ?? '',
        cordoned: spec?.cordoned === true || spec?.draining === true,
        replicas: replicas.get(brokerId) ?? 0,
        leaders: leaders.get(brokerId) ?? 0,
      };
    })
    .sort((left, right) => left.id - right.id);
}
