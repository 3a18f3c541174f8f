import pg from 'pg';
import { problems } from '../../kernel/errors/problem.ts';
import { tenantTables } from '../tenant-archive/tables.ts';

/** A workspace that is to be deleted, or whose deletion has begun. */
export interface DoomedTenant {
  tenant_id: string;
  name: string;
  /** As people read it; null when the workspace itself is gone, and some of its rows may not be. */
  title: string | null;
  /** When its deletion began. */
  begun_at: Date | null;
}

/** What a workspace holds. */
export interface Contents {
  /** The number of rows by table, of the tables with any. */
  rows: Record<string, number>;
  files: { count: number; size_bytes: number };
  /** People of the workspace who operate the installation. */
  operators: number;
  /** Whether nobody else does. */
  last_operators: boolean;
}

/**
 * The workspace of a name. What was left of one comes before another that has its name since: whoever goes on with a
 * deletion must not delete the other.
 */
export async function findDoomed(client: pg.Client, name: string): Promise<DoomedTenant> {
  const { rows } = await client.query<DoomedTenant>(
    `select d.of_tenant as tenant_id, d.name, null as title, d.begun_at from tenant_deletion d
       where d.name = $1 and not exists (select from tenant t where t.id = d.of_tenant)
     union all select t.id, t.name, t.title, d.begun_at from tenant t left join tenant_deletion d on d.of_tenant = t.id
       where t.name = $1 and t.name <> 'system'
     order by title nulls first limit 1`,
    [name],
  );
  if (!rows[0]) throw problems.conflict(`There is no workspace “${name}”: holdfast tenant list.`);
  return rows[0];
}

/**
 * Refuses what would be wrong to delete. Within the transaction that begins the deletion, so that two do not both leave
 * the other as the last.
 */
export async function refuseDoubtful(client: pg.Client, { tenant_id, name }: DoomedTenant): Promise<void> {
  const { rows } = await client.query<{ is_held: boolean; is_last: boolean }>(
    `select app.is_held('tenant', t.id, t.created_at, now()) as is_held,
       not exists (select from tenant o where o.id <> t.id and o.name <> 'system' and not exists (select from tenant_deletion d
         where d.of_tenant = o.id)) as is_last
     from tenant t where t.id = $1`,
    [tenant_id],
  );
  if (rows[0]?.is_held) throw problems.conflict(`The workspace “${name}” is held: it must not be deleted.`);
  if (rows[0]?.is_last)
    throw problems.conflict(
      `“${name}” is the only workspace, and the next start would make another, with whoever starts it as its administrator. Make a workspace first: holdfast tenant create.`,
    );
}

/** Holds off the beginning of deletions until the end of the transaction. */
export const holdOffDeletions = (client: pg.Client): Promise<unknown> =>
  client.query(`select pg_advisory_xact_lock(hashtextextended('begin to delete a tenant', 0))`);

/** Refuses when one of these workspaces is gone, or being deleted. */
export async function refuseDeleted(client: pg.Client, tenant_ids: readonly string[]): Promise<void> {
  const { rowCount } = await client.query(
    'select from tenant t where t.id = any ($1) and not exists (select from tenant_deletion d where d.of_tenant = t.id)',
    [tenant_ids],
  );
  if (rowCount !== tenant_ids.length)
    throw problems.conflict('The workspace, or what was to take its place, has been deleted meanwhile.');
}

export async function readContents(client: pg.Client, tenant_id: string): Promise<Contents> {
  const rows: Record<string, number> = {};
  for (const { name } of await tenantTables(client)) {
    if (name === 'tenant') continue;
    const counted = await client.query<{ count: number }>(
      `select count(*)::float8 as count from public.${pg.escapeIdentifier(name)} where tenant_id = $1`,
      [tenant_id],
    );
    if (counted.rows[0]!.count > 0) rows[name] = counted.rows[0]!.count;
  }
  const { rows: more } = await client.query<Omit<Contents, 'rows' | 'files'> & { count: number; size_bytes: number }>(
    `select f.count, f.size_bytes, o.operators, o.operators > 0 and not exists (select from operator
      where tenant_id <> $1) as last_operators
     from (select count(*)::int as count, coalesce(sum(size_bytes), 0)::float8 as size_bytes from file where tenant_id = $1) f,
       (select count(*)::int as operators from operator where tenant_id = $1) o`,
    [tenant_id],
  );
  const { count, size_bytes, operators, last_operators } = more[0]!;
  return { rows, files: { count, size_bytes }, operators, last_operators };
}
