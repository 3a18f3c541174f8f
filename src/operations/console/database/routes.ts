import { problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { connectionEnd, databaseReport, statementParams, statementPlan, vacuumRequest } from './contract.ts';
import { endConnection, enqueueVacuum, findStatement, planStatement, readDatabase } from './queries.ts';

const base = '/api/v1/installation/database';
const shared = { tag: 'Installation', access: 'operator' } as const;

/** What the database server knows of itself, and what an operator can do about it. */
export const databaseRoutes: Route[] = [
  route({
    ...shared,
    method: 'GET',
    path: base,
    summary: 'Size, tables, indexes, statements, connections and replication of the database',
    response: databaseReport,
    transaction: false,
    handler: async ({ db, actor }) => ({ body: await readDatabase(db, actor!) }),
  }),
  route({
    ...shared,
    method: 'GET',
    path: `${base}/statements/{id}/plan`,
    summary: 'How PostgreSQL would run a statement, whatever its values; it is not run',
    params: statementParams,
    response: statementPlan,
    handler: async (ctx, { params }) => {
      const statement = await findStatement(ctx, params.id);
      if (!statement)
        return { body: { plan: null, why: 'PostgreSQL does not remember this statement, or only with values in it.' } };
      return { body: { plan: await planStatement(ctx, statement), why: null } };
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${base}/vacuums`,
    summary: 'Vacuum and analyze a table, in the background',
    body: vacuumRequest,
    status: 202,
    handler: async (ctx, { body }) => {
      if (!(await enqueueVacuum(ctx, body.table, body.reason))) throw problems.notFound();
      return {};
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${base}/connection-ends`,
    summary: 'Cancel what a connection runs, or close it',
    body: connectionEnd,
    status: 204,
    handler: async (ctx, { body }) => {
      if (!(await endConnection(ctx, body.id, body.how === 'close', body.reason)))
        throw problems.conflict('This connection is gone. Reload the list.');
      return {};
    },
  }),
];
