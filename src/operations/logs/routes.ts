import { invalidField } from '../../kernel/errors/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import {
  allLogCountQuery,
  allLogQuery,
  type LogCountQuery,
  type LogQuery,
  logCountQuery,
  logCounts,
  logPage,
  logQuery,
  logWorkspaces,
} from './contract.ts';
import { countLog, listLogWorkspaces, searchLog } from './queries.ts';

const days_max = 3_650;

/** Refuses a time that ends before it begins. */
function inOrder<Q extends Pick<LogQuery | LogCountQuery, 'from' | 'to'>>(query: Q): Q {
  const ms = Date.parse(query.to) - Date.parse(query.from);
  if (!(ms > 0) || ms > days_max * 86_400_000)
    throw invalidField('to', 'invalid', 'This must be later than the beginning');
  return query;
}

const all = { tag: 'Installation', access: 'operator' } as const;
const own = { tag: 'Log', access: { resource: 'log', action: 'read' } } as const;
const search =
  'What the program logged, newest first. An answer takes half a second at most, and says how far back it looked';
const count = 'How many lines the log has in each of equal parts of a time';

/** The log: of the installation for its operators, of a workspace for its administrators. */
export const logRoutes = ({ logStore, config }: Pick<Services, 'logStore' | 'config'>): Route[] => [
  route({
    ...own,
    method: 'GET',
    path: '/api/v1/log-lines',
    summary: `${search}: lines of the workspace`,
    query: logQuery,
    response: logPage,
    handler: async (ctx, { query }) => ({ body: await searchLog(logStore, ctx, false, inOrder(query)) }),
  }),
  route({
    ...own,
    method: 'GET',
    path: '/api/v1/log-lines/histogram',
    summary: `${count}: lines of the workspace`,
    query: logCountQuery,
    response: logCounts,
    handler: async (ctx, { query }) => ({ body: await countLog(logStore, ctx, false, inOrder(query)) }),
  }),
  route({
    ...all,
    method: 'GET',
    path: '/api/v1/installation/log-lines',
    summary: `${search}: lines of all workspaces and of the program itself`,
    query: allLogQuery,
    response: logPage,
    handler: async (ctx, { query }) => ({ body: await searchLog(logStore, ctx, true, inOrder(query)) }),
  }),
  route({
    ...all,
    method: 'GET',
    path: '/api/v1/installation/log-lines/histogram',
    summary: `${count}: lines of all workspaces and of the program itself`,
    query: allLogCountQuery,
    response: logCounts,
    handler: async (ctx, { query }) => ({ body: await countLog(logStore, ctx, true, inOrder(query)) }),
  }),
  route({
    ...all,
    method: 'GET',
    path: '/api/v1/installation/log-workspaces',
    summary: 'The workspaces whose lines the log has, and where traces are shown',
    response: logWorkspaces,
    handler: async (ctx) => ({
      body: { data: await listLogWorkspaces(ctx), trace_url: config.TRACE_URL_TEMPLATE ?? null },
    }),
  }),
];
