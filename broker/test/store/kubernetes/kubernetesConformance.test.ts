import { describe } from 'node:test';
import { clusterStoreConformance } from '../clusterStoreConformance.ts';
import { NEEDS_API_SERVER, RealApiServer } from './realApiServer.ts';

describe('on a real API server', { skip: NEEDS_API_SERVER }, () => {
  const api = new RealApiServer();
  const abilities = { atomic: false, keepsUnknown: false };
  clusterStoreConformance('the Kubernetes store', abilities, async () => {
    const namespace = await api.freshNamespace();
    return { open: async () => api.store(namespace), remove: async () => {} };
  });
});
