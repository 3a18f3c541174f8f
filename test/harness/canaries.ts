import type pg from 'pg';
import { eventually } from './eventually.ts';

/** What is written wherever something about a person could stand. */
export const canary = 'Goldcrest';

interface Column {
  table: string;
  name: string;
  type: string;
}

/** Values of which one or another satisfies the constraints of a column. */
const candidates: Record<string, readonly string[]> = {
  text: [
    `'${canary} ' || md5(t::text)`,
    `'${canary.toLowerCase()}.' || substr(md5(t::text), 1, 12) || '@${canary}-mail.com'`,
    `'https://${canary.toLowerCase()}.com/' || md5(t::text)`,
    `'${canary.toLowerCase()}/' || md5(t::text)`,
    `'${canary}'`,
    `'$argon2id$v=19$m=1,t=1,p=1$${canary}$none'`,
  ],
  jsonb: [
    `jsonb_build_array(jsonb_build_object('label', '${canary}', 'value', '${canary}@${canary}.com'))`,
    `jsonb_build_array(jsonb_build_object('label', null, 'street', '${canary}', 'city', '${canary}', 'region', null, 'postal_code', '${canary}', 'country', null))`,
    `jsonb_build_object('field', 'name', 'op', 'contains', 'value', '${canary}')`,
  ],
  'text[]': [`array['${canary} ' || md5(t::text)]`],
  'uuid[]': [],
  bytea: [`convert_to(rpad('${canary}', 32, substr(md5(t::text), 1, 26)), 'UTF8')`],
  inet: [`'203.0.113.77'::inet`],
};

/** Every column of every table in which a text could stand. */
export async function writableColumns(client: pg.Client): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select c.relname::text as "table", a.attname::text as name, a.atttypid::regtype::text as type
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and a.atttypid::regtype::text = any ($1)
     order by 1, a.attnum`,
    [Object.keys(candidates)],
  );
  return rows;
}

/** Writes canaries into the columns, past triggers, wherever their constraints let it; answers in which. */
export async function writeCanaries(client: pg.Client, columns: readonly Column[]): Promise<Set<string>> {
  const written = new Set<string>();
  const forced = await beginUnprotected(client);
  const tables = [...new Set(columns.map(({ table }) => table))];
  for (const table of tables) await client.query(`alter table public."${table}" disable trigger user`);
  for (const { table, name, type } of columns) {
    for (const value of candidates[type]!) {
      await client.query('savepoint canary');
      const done = await client.query(`update public."${table}" t set "${name}" = ${value}`).catch(() => null);
      if (done && done.rowCount! > 0) written.add(`${table}.${name}`);
      if (done) break;
      await client.query('rollback to savepoint canary');
    }
  }
  await client.query('set constraints all immediate');
  for (const table of tables) await client.query(`alter table public."${table}" enable trigger user`);
  for (const table of forced) await client.query(`alter table ${table} force row level security`);
  await client.query('commit');
  return written;
}

const lock_not_available = '55P03';

/**
 * Begins a transaction in which the owner sees the rows of all workspaces; answers of which tables. A program that
 * works on the same database meanwhile takes the locks of the tables in an order of its own, so this one lets go of all
 * where it waits, and tries again.
 */
async function beginUnprotected(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relforcerowsecurity`,
  );
  const names = rows.map(({ name }) => name);
  const changes = names.map((name) => `alter table ${name} no force row level security`);
  await eventually(async () => {
    try {
      await client.query(`begin; set local lock_timeout = '200ms'; ${changes.join('; ')}; set local lock_timeout = 0`);
      return true;
    } catch (error) {
      await client.query('rollback');
      if ((error as { code?: string }).code !== lock_not_available) throw error;
      return false;
    }
  });
  return names;
}

/**
 * Rows of any table, partition, catalogue or sample of a column in which a canary stands, in whatever form it is
 * written.
 */
export async function findCanaries(client: pg.Client, words: readonly string[] = [canary]): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where (c.relkind in ('r', 'm') or c.relname in ('pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs'))
       and n.nspname <> 'information_schema'
       and c.relpersistence <> 't' and n.nspname !~ '^pg_(toast|temp)' and has_table_privilege(c.oid, 'select') order by 1`,
  );
  await beginUnprotected(client);
  const hex = words.map((word) => Buffer.from(word).toString('hex').slice(2));
  const pattern = [...words, ...hex, '203\\.0\\.113\\.77'].join('|');
  const found: string[] = [];
  for (const { name } of tables) {
    // Functions and views of the program do not know the word; what clients asked just now does.
    const { rows } = await client.query<{ row: string }>(
      `select left(t::text, 300) as row from ${name} t where t::text ~* $1 limit 3`,
      [pattern],
    );
    found.push(...rows.map(({ row }) => `${name}: ${row}`));
  }
  await client.query('rollback');
  return found;
}
