import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { storageReport } from './contract.ts';
import { readStorageNow } from './service.ts';

export const storageRoute = ({ config, db }: Pick<Services, 'config' | 'db'>): Route =>
  route({
    tag: 'Installation',
    access: 'operator',
    method: 'GET',
    path: '/api/v1/installation/storage',
    summary: 'How much room each disk has, and when it will be full at the pace of the last 30 days',
    response: storageReport,
    transaction: false,
    handler: async () => ({ body: await readStorageNow(db, config) }),
  });
