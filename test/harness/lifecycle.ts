import { join } from 'node:path';
import pg from 'pg';
import type { Run } from '../../src/operations/lifecycle/archive.ts';
import { lifecycle_turn } from '../../src/operations/lifecycle/catalogue.ts';
import { runLifecycle } from '../../src/operations/lifecycle/run.ts';
import { type Client, startTestApp, type TestApp, type TestTenant } from './app.ts';

/**
 * An installation with two workspaces and an operator, where events are made by real writes and then moved into the
 * past.
 */
export interface LifecycleWorld {
  app: TestApp;
  tenant: TestTenant;
  other: TestTenant;
  /** Of an administrator of `tenant`. */
  api: Client;
  operator: Client;
  owner: pg.Client;
  // biome-ignore lint/suspicious/noExplicitAny: rows of every shape
  rows(text: string, values?: unknown[]): Promise<any[]>;
  /** Makes contacts whose events and values are of the middle of a month so many months ago. */
  past(months: number, names: string[], of?: Client): Promise<{ ids: string[]; table: string; first_at: Date }>;
  lifecycle(given?: Partial<Run>): Promise<void>;
  there(table: string): Promise<boolean>;
  // biome-ignore lint/suspicious/noExplicitAny: rows of the catalogue
  archives(first_at: Date): Promise<any[]>;
  pathOf(key: string): string;
  /** As long as it runs, what the condition says is held. */
  holding(condition: string, work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startLifecycleWorld(): Promise<LifecycleWorld> {
  const app = await startTestApp({});
  const tenant = await app.tenant('acme');
  const other = await app.tenant('other');
  const { api } = await tenant.as('admin', 'Ada');
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  app.app.services.config.DATABASE_URL = app.database.ownerUrl;
  const rows = async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows;
  const { user_id } = await tenant.as('viewer', 'Olga');
  const operator = await tenant.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    tenant.tenant_id,
    user_id,
  ]);
  const create = async (of: Client, given_name: string) =>
    (await of('POST', '/api/v1/contacts', { given_name })).body.id as string;
  return {
    app,
    tenant,
    other,
    api,
    operator,
    owner,
    rows,
    past: async (months, names, of = api) => {
      const ids: string[] = [];
      for (const name of names) ids.push(await create(of, name));
      await rows('select app.ensure_partitions(-$1::int, $1::int)', [months]);
      for (const table of ['audit_event', 'record_history'])
        await rows(
          `with s as (select date_trunc('month', now() - make_interval(months => $2), 'UTC') + interval '14 days' as at)
           update ${table} t set at = s.at from s where t.record_id = any ($1)`,
          [ids, months],
        );
      const [found] = await rows(
        `select distinct tableoid::regclass::text as table, date_trunc('month', at, 'UTC') as first_at from audit_event
          where record_id = any ($1)`,
        [ids],
      );
      return { ids, table: found.table.replace('public.', ''), first_at: found.first_at };
    },
    lifecycle: async (given = {}) => {
      const client = new pg.Client({
        connectionString: app.database.ownerUrl,
        application_name: 'holdfast-lifecycle',
      });
      client.on('error', () => {});
      await client.connect();
      const { files, keyRing: ring, log } = app.app.services;
      const run = { client, files, ring, log, at: new Date(), archiveMonths: 24, deleteYears: 7, historyDays: 0 };
      try {
        // While a job returns a period, a run leaves its turn to the next.
        await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [lifecycle_turn]);
        await runLifecycle({ ...run, ...given });
      } finally {
        await client.end();
      }
    },
    there: async (table) => (await rows('select to_regclass($1) is not null as there', [`public.${table}`]))[0].there,
    archives: (first_at) =>
      rows(
        'select id, source, state, storage_key, row_count::int, of_tenant from lifecycle_archive where first_at = $1 order by source',
        [first_at],
      ),
    pathOf: (key) => join(app.app.services.config.HOLDFAST_DATA, 'files', key),
    holding: async (condition, work) => {
      const define = (body: string) =>
        rows(`set role holdfast_system; create or replace function app.is_held(kind text, of_tenant uuid, first_at timestamptz, end_at timestamptz) returns boolean
          language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$ select ${body} $$; reset role`);
      await define(condition);
      await work().finally(() => define('false'));
    },
    stop: async () => {
      await owner.end();
      await app.stop();
    },
  };
}
