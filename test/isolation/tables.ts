import type pg from 'pg';

export type Verb = 'select' | 'insert' | 'update' | 'delete';

export interface TenantTable {
  name: string;
  /** What the application's role may do with it at all. */
  verbs: Verb[];
  /** Columns a copy of a row can name. */
  columns: string[];
}

/** Every table with a tenant, from the catalogue: a table nobody thought of is attacked too. */
export async function tenantTables(client: pg.Client): Promise<TenantTable[]> {
  const { rows } = await client.query<TenantTable>(`
    select c.relname as name,
      array(select v from unnest(array['select', 'insert', 'update', 'delete']) v where has_table_privilege('holdfast_app', c.oid, v)) as verbs,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and a.attgenerated = '' and a.attidentity = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
    order by 1`);
  return rows;
}

/** Becomes the application, in one tenant or in none, for the rest of the transaction. */
export async function become(
  client: pg.Client,
  tenant_id: string | null,
  { user_id = '', rights = '*' } = {},
): Promise<void> {
  await client.query('set local role holdfast_app');
  await client.query(
    `select set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true), set_config('app.rights', $3, true)`,
    [tenant_id ?? '', user_id, rights],
  );
}

/** Tries a statement and takes it back. Returns how many rows it reached, or the error's code. */
async function attempt(client: pg.Client, statement: string, values: unknown[] = []): Promise<number | string> {
  await client.query('savepoint attempt');
  try {
    const { rows, rowCount } = await client.query(statement, values);
    return statement.startsWith('select count') ? Number(rows[0].count) : (rowCount ?? 0);
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.query('rollback to savepoint attempt');
  }
}

const refused = '42501';
/** Constraints speak only after row-level security has let a row pass. */
const stoppedByConstraint = (outcome: number | string) => typeof outcome === 'string' && /^23/.test(outcome);

export interface Sides {
  own: string;
  other: string;
}

/**
 * What is wrong with a table's isolation, seen from the application's role; nothing when all is well. Must run in an
 * open transaction as the owner, which may become both roles.
 */
export async function isolationBreaches(
  client: pg.Client,
  table: TenantTable,
  { own, other }: Sides,
): Promise<string[]> {
  const { name, verbs } = table;
  const breaches: string[] = [];
  const expect = (what: string, holds: boolean, outcome: unknown) => {
    if (!holds) breaches.push(`${name}: ${what} (${outcome})`);
  };
  const copied = table.columns.join(', ');
  const copyOf = `insert into ${name} (${copied}) select ${copied.replace(/\bid\b/, 'app.uuid_v7()')} from jsonb_populate_record(null::${name}, $1)`;
  await client.query('savepoint table_check');
  await client.query('set local role holdfast_system');
  const total = await attempt(client, `select count(*) from ${name}`);
  const seen = await attempt(
    client,
    `select count(distinct tenant_id) from ${name} where tenant_id in ('${own}', '${other}')`,
  );
  expect('the program itself must see both tenants', seen === 2, seen);
  const rowOf = async (tenant: string) =>
    (await client.query(`select to_jsonb(t) as row from ${name} t where tenant_id = $1 limit 1`, [tenant])).rows[0]
      ?.row;
  const rows = { own: await rowOf(own), other: await rowOf(other) };
  await client.query('rollback to savepoint table_check');

  await become(client, null);
  const withoutTenant = await attempt(client, `select count(*) from ${name}`);
  expect('without a tenant there must be no rows', withoutTenant === 0 || withoutTenant === refused, withoutTenant);
  await client.query('rollback to savepoint table_check');

  await become(client, own);
  if (verbs.includes('select')) {
    const mine = await attempt(client, `select count(*) from ${name} where tenant_id = '${own}'`);
    const all = await attempt(client, `select count(*) from ${name}`);
    expect('own rows must be seen', typeof mine === 'number' && mine > 0, mine);
    expect('only own rows must be seen', all === mine && all !== total, `${all} of ${total}`);
  }
  if (verbs.includes('insert')) {
    const mine = await attempt(client, copyOf, [JSON.stringify(rows.own)]);
    const foreign = await attempt(client, copyOf, [JSON.stringify(rows.other)]);
    expect('an own row must be taken', mine === 1 || stoppedByConstraint(mine), mine);
    expect('a row of the other tenant must be refused', foreign === refused, foreign);
  }
  const column = table.columns.includes('version') ? 'version' : 'tenant_id';
  if (verbs.includes('update') && verbs.includes('select')) {
    const mine = await attempt(client, `update ${name} set ${column} = ${column} where tenant_id = '${own}'`);
    const foreign = await attempt(client, `update ${name} set ${column} = ${column} where tenant_id = '${other}'`);
    const moved = await attempt(client, `update ${name} set tenant_id = '${other}' where tenant_id = '${own}'`);
    expect('own rows must change', (typeof mine === 'number' && mine > 0) || stoppedByConstraint(mine), mine);
    expect('rows of the other tenant must not change', foreign === 0, foreign);
    expect('a row must not move to the other tenant', moved === refused, moved);
  }
  if (verbs.includes('delete') && verbs.includes('select')) {
    const mine = await attempt(client, `delete from ${name} where tenant_id = '${own}'`);
    const foreign = await attempt(client, `delete from ${name} where tenant_id = '${other}'`);
    expect('own rows must go', (typeof mine === 'number' && mine > 0) || stoppedByConstraint(mine), mine);
    expect('rows of the other tenant must not go', foreign === 0, foreign);
  }
  const truncated = await attempt(client, `truncate ${name} cascade`);
  expect('the application must not empty a table', truncated === refused, truncated);
  await client.query('rollback to savepoint table_check');

  if (name === 'user_account' && rows.own) {
    // Whoever has no rights at all still sees and changes who they are.
    await become(client, own, { user_id: rows.own.id, rights: '' });
    const self = await attempt(client, `select count(*) from ${name}`);
    expect('a person without rights must see themselves alone', self === 1, self);
    await client.query('rollback to savepoint table_check');
  }
  await client.query('reset role');
  return breaches;
}
