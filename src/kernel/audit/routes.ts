import { route } from '../http/route.ts';
import { auditPage, auditQuery } from './contract.ts';
import { listEvents } from './queries.ts';

export const routes = [
  route({
    method: 'GET',
    path: '/api/v1/audit-events',
    tag: 'Audit',
    summary: 'Who changed what, newest first; with record_id the history of a record',
    access: { resource: 'audit', action: 'read' },
    query: auditQuery,
    response: auditPage,
    handler: async (ctx, { query }) => ({ body: await listEvents(ctx, query) }),
  }),
];
