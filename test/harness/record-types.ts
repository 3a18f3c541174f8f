import pg from 'pg';
import { policiesSql, rulesSql } from '../../src/kernel/access/rules-sql.ts';
import { extendReach, type ReachExtension, type TableRule } from '../../src/kernel/access/table-rule.ts';
import { definedResources } from '../../src/kernel/contract/resource.ts';
import { ResponseCache } from '../../src/kernel/http/response-cache.ts';
import type { Route } from '../../src/kernel/http/route.ts';
import { buildServer } from '../../src/kernel/http/server.ts';
import { realtimeRoutes } from '../../src/kernel/realtime/routes.ts';
import type { Services } from '../../src/kernel/services.ts';
import { records, recordTypes, tableRules } from '../../src/modules/index.ts';
import { searchSql } from '../../src/platform/search/search-sql.ts';
import { textsSql } from '../../src/platform/search/texts-sql.ts';
import { subjectsSql } from '../../src/platform/subject-sql.ts';
import { type Client, client, startTestApp, type TestApp, unlimited } from './app.ts';

/** Record types that only a test has. */
export interface TestRecordTypes {
  /** SQL of their tables, as a migration would make them, and of their triggers, as a file of db/routines/ would. */
  schema: string;
  rules: readonly TableRule[];
  /** What they add to the reach of record types of the program. */
  reach?: readonly ReachExtension[];
  routes: (services: Services) => Route[];
}

export interface RecordTypesApp extends TestApp {
  /** Where the routes of the record types answer, and the stream of changes beside them. */
  typesUrl: string;
  /** A client of these routes, with this API key. */
  types(key?: string): Client;
}

/**
 * The program on a database that has these record types too, and beside it a server of their routes. The database gets
 * the tables, then the policies made from their rules, and what functions of the database ask of the rules, made from
 * those of the program and these:
 *
 *     const app = await startWithRecordTypes({
 *       schema: readFileSync(new URL('schema.sql', import.meta.url), 'utf8'),
 *       rules: [owned('visit', 'task', 'owner_id')],
 *       routes: () => crudRoutes(visit),
 *     });
 *     const { key } = await (await app.tenant()).as('member');
 *     await app.types(key)('POST', '/api/v1/visits', { name: 'First' });
 *
 * The program's own routes answer at `app.url`, as in `startTestApp`; tenants, keys and sessions are the same.
 * test/fixtures/kit is an example.
 */
export async function startWithRecordTypes(
  { schema, rules, reach = [], routes: routesOf }: TestRecordTypes,
  settings: Record<string, string> = {},
): Promise<RecordTypesApp> {
  const app = await startTestApp({ ...unlimited, ...settings });
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  const unextended = new Map(tableRules.map((rule) => [rule, policiesSql([rule])]));
  extendReach(reach);
  // Of the program's tables only those whose policies the reach changes: the worker uses the others meanwhile.
  const extended = tableRules.filter((rule) => policiesSql([rule]) !== unextended.get(rule));
  const all = [...tableRules.filter(({ table }) => !rules.some((rule) => rule.table === table)), ...rules];
  const attached = definedResources().filter(
    ({ name, attachable }) => attachable && rules.some(({ resource }) => resource === name),
  );
  // In one transaction, as migrations are: functions and views are made as the system for its length.
  const policies = policiesSql([...extended, ...rules]);
  const routines = [
    rulesSql(all),
    subjectsSql([...records, ...attached]),
    searchSql(recordTypes),
    textsSql(recordTypes),
  ];
  try {
    await owner.query(`begin; ${[schema, ...routines, policies].join(';\n')}; commit`);
  } catch (error) {
    await app.stop();
    throw error;
  } finally {
    await owner.end();
  }
  const { services } = app.app;
  const { db, log, authenticator, usage, cache, hub } = services;
  const routes = [...routesOf(services), ...realtimeRoutes(services)];
  const server = await buildServer({
    db,
    log,
    checkAnswers: true,
    routes,
    authenticate: authenticator.authenticate,
    features: services.features,
    usage,
    responseCache: new ResponseCache(db, cache, hub, routes),
    rightsChanged: authenticator.rightsChanged,
    cache,
    limits: { perAddress: 1_000_000, perCaller: 1_000_000 },
    trustProxy: false,
  });
  const typesUrl = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...app,
    typesUrl,
    types: (key) => client(typesUrl, key),
    stop: async () => {
      await server.close();
      await app.stop();
    },
  };
}
