import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const manifest = fileURLToPath(new URL('../../../generated/schema.txt', import.meta.url));

/** One line per fact; monthly partitions, what belongs to extensions and rights that not every version has are left out. */
const facts = `
with tables as (
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'app') and c.relkind in ('r', 'p') and not c.relispartition
), functions as (
  select p.oid, p.proacl, p.proowner from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'app') and p.proname <> 'uuid_v7'
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
)
select format('table %s rls=%s forced=%s', relname, relrowsecurity, relforcerowsecurity) as fact from tables
union all select format('column %s.%s %s%s%s%s', t.relname, a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then ' not null' else '' end,
    case when a.attgenerated <> '' then ' generated' when a.attidentity <> '' then ' identity' else '' end,
    coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''))
  from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
union all select format('constraint %s.%s %s', t.relname, c.conname, pg_get_constraintdef(c.oid))
  from tables t join pg_constraint c on c.conrelid = t.oid where c.contype in ('p', 'u', 'f', 'c', 'x')
union all select format('index %s', pg_get_indexdef(i.indexrelid)) from tables t join pg_index i on i.indrelid = t.oid
union all select format('policy %s.%s %s to %s using (%s) check (%s)', p.tablename, p.policyname, p.cmd, p.roles, p.qual, p.with_check)
  from pg_policies p where p.schemaname in ('public', 'app')
union all select format('trigger %s', pg_get_triggerdef(g.oid)) from tables t join pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal
union all select format('grant %s on %s to %s', x.privilege_type, t.relname, x.grantee::regrole)
  from tables t cross join aclexplode(t.relacl) x where x.privilege_type <> 'MAINTAIN' and x.grantee::regrole::text like 'holdfast_%' and x.grantee <> (select relowner from pg_class where oid = t.oid)
union all select format('function %s owner=%s execute=%s %s', f.oid::regprocedure,
    case when pg_get_userbyid(f.proowner) = 'holdfast_system' then 'holdfast_system' else 'owner' end,
    coalesce((select string_agg(case x.grantee when 0 then 'public' else x.grantee::regrole::text end, ',' order by 1) from aclexplode(f.proacl) x
      where x.grantee = 0 or x.grantee::regrole::text = 'holdfast_app'), 'default'),
    md5(regexp_replace(pg_get_functiondef(f.oid), '\\s+', ' ', 'g'))) from functions f
order by 1`;

/** The live schema as sorted lines, the same on every server that has the same migrations. */
export async function describeSchema(ownerUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('set search_path = public, app');
    const { rows } = await client.query<{ fact: string }>(facts);
    return rows.map((row) => row.fact.replace(/\s+/g, ' '));
  } finally {
    await client.end();
  }
}

export interface Drift {
  /** In the live schema but in no migration. */
  unexpected: string[];
  /** In the migrations but not in the live schema. */
  missing: string[];
}

/** Compares the live schema with generated/schema.txt, which the tests hold to the migrations. */
export async function schemaDrift(ownerUrl: string): Promise<Drift> {
  const live = new Set(await describeSchema(ownerUrl));
  const expected = new Set(readFileSync(manifest, 'utf8').split('\n').filter(Boolean));
  return {
    unexpected: [...live].filter((fact) => !expected.has(fact)),
    missing: [...expected].filter((fact) => !live.has(fact)),
  };
}
