import { sql } from '../../kernel/database/database.ts';
import { actWith, type Context, systemActor } from '../../kernel/tenancy/context.ts';
import type { NamedRecord } from './match.ts';
import type { Defaults, ImportTarget } from './target.ts';

/** Every name by which records of a kind can be meant; up to so many records. */
export async function namedRecords(ctx: Context, target: ImportTarget, rows_max: number): Promise<NamedRecord[]> {
  const live = target.contract.trash ? sql`and r.deleted_at is null` : sql``;
  const names = sql.join(target.namedBy.map((column) => sql.ref(`r.${column}`)));
  const rows = await ctx.tx.many<{ id: string; names: (string | null)[] }>(sql`select r.id, array[${names}] as names
    from ${sql.table(target.contract.table)} r where r.tenant_id = ${ctx.tenant_id} ${live} order by r.id limit ${rows_max}`);
  return rows.flatMap(({ id, names }) => named(id, names));
}

/** Those with exactly such a name, or such an id in another system. */
export async function namedExactly(ctx: Context, target: ImportTarget, texts: string[]): Promise<NamedRecord[]> {
  const live = target.contract.trash ? sql`where r.deleted_at is null` : sql``;
  const [called] = target.namedBy;
  const columns = [called!, ...(target.namedBy.includes('external_id') ? ['external_id'] : [])];
  const found = columns.map((name) => {
    const column = sql.ref(`r.${name}`);
    // A lookup in the index for each text, whatever the planner believes about sizes: see staging.ts.
    return sql`select r.id, wanted.name from unnest(${texts}::text[]) wanted (name) cross join lateral (
      select r.* from ${sql.table(target.contract.table)} r
      where r.tenant_id = (select ${ctx.tenant_id}::uuid) and ${column} = wanted.name offset 0) r ${live}`;
  });
  const rows = await ctx.tx.many<{ id: string; name: string }>(sql`${sql.join(found, sql` union `)}`);
  return rows.map(({ id, name }) => ({ name, record: id }));
}

/** Those with one of these ids, as they are written. */
export async function recordsById(ctx: Context, target: ImportTarget, texts: string[]): Promise<NamedRecord[]> {
  const live = target.contract.trash ? sql`and r.deleted_at is null` : sql``;
  return ctx.tx.many(sql`select wanted.name, r.id as record from unnest(${texts}::text[]) wanted (name)
    join ${sql.table(target.contract.table)} r on r.tenant_id = ${ctx.tenant_id} and r.id = wanted.name::uuid
      and r.id = any (${texts}::uuid[]) ${live}`);
}

/**
 * Keeps these records from being merged until the transaction ends. Returns those in the trash by now, each with the
 * record that it became part of, or null.
 */
export async function keepUnmerged(
  ctx: Context,
  { contract }: ImportTarget,
  ids: readonly string[],
): Promise<Map<string, string | null>> {
  if (!contract.trash || ids.length === 0) return new Map();
  const survivor = contract.merges ? sql`r.merged_into_id` : sql`null::uuid`;
  // Whoever imports need not be allowed to change what rows name, which row-level security asks of a lock.
  await actWith(ctx, systemActor(ctx.tenant_id).rights);
  const rows = await ctx.tx.many<{ id: string; trashed: boolean; survivor: string | null }>(sql`
    select r.id, r.deleted_at is not null as trashed, ${survivor} as survivor from ${sql.table(contract.table)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}::uuid[]) order by r.id for key share`);
  await actWith(ctx, ctx.actor.rights);
  return new Map(rows.filter(({ trashed }) => trashed).map(({ id, survivor }) => [id, survivor]));
}

/** A record can be called the same in two ways. */
const named = (id: string, names: (string | null)[]): NamedRecord[] =>
  [...new Set(names)].flatMap((name) => (name ? [{ name, record: id }] : []));

export async function insertByName(
  ctx: Context,
  target: ImportTarget,
  made: { id: string; name: string }[],
  import_id: string,
  given: Defaults,
): Promise<void> {
  const { name, meta, table } = target.contract;
  const custom = meta.has('custom') ? { custom: sql`jsonb_strip_nulls((select app.custom_defaults(${name})))` } : {};
  const defaults = { ...target.defaults(given), ...custom };
  const columns = sql.join(Object.keys(defaults).map((column) => sql.ref(column)));
  const values = sql.join(Object.values(defaults).map((value) => sql`${value}`));
  await ctx.tx.run(sql`insert into ${sql.table(table)} (tenant_id, id, name, import_id, ${columns})
    select ${ctx.tenant_id}, id, name, ${import_id}, ${values}
    from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as made (id uuid, name text)`);
}
