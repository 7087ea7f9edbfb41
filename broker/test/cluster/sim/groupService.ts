import type { Engine } from '../../../src/engine/engine.ts';
import type { FetchedOffsets, GroupRequest } from './clientMessages.ts';

/** What a broker does for members of groups that it coordinates. */
export async function answerMember(engine: Engine, asked: GroupRequest): Promise<unknown> {
  const coordinator = engine.groups.coordinatorOf(asked.groupId);
  switch (asked.method) {
    case 'join':
      return structuredClone(await coordinator.join(asked.request));
    case 'heartbeat': {
      const owned = new Set(asked.request.owned);
      return structuredClone(await coordinator.heartbeat({ ...asked.request, owned }));
    }
    case 'leave':
      await coordinator.leave(asked.request);
      return undefined;
    case 'commit': {
      const [result] = await coordinator.commit(asked.request);
      if (result?.error !== undefined) throw result.error;
      return undefined;
    }
    case 'fetchOffsets': {
      const found = await coordinator.fetchOffsets(asked.groupId, undefined);
      const offsets: FetchedOffsets = Array.from(found, ([ref, committed]) => [
        ref,
        committed?.offset ?? 0,
      ]);
      return offsets;
    }
  }
}
