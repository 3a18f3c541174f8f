import type { Database } from '../../kernel/database/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { certificateList } from './contract.ts';
import { readCertificates } from './service.ts';

export const certificateRoute = (db: Database): Route =>
  route({
    tag: 'Installation',
    access: 'operator',
    method: 'GET',
    path: '/api/v1/installation/certificates',
    summary: 'The certificates of the servers that the configuration names, as they were seen last',
    response: certificateList,
    transaction: false,
    handler: async () => ({ body: { data: await readCertificates(db) } }),
  });
