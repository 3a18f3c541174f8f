import type { RawBuilder } from 'kysely';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { scopeOf } from '../../kernel/access/rights.ts';
import { ofTenant } from '../../kernel/audit/events.ts';
import { jsonListTypes } from '../../kernel/contract/fields.ts';
import { sql } from '../../kernel/database/database.ts';
import type { Tx } from '../../kernel/database/statement.ts';
import { openPersonal } from '../../kernel/resource/personal.ts';
import { actWith, type Context, systemActor } from '../../kernel/tenancy/context.ts';
import type { ImportOptions } from './contract.ts';
import { type LoadRow, textsOfRow } from './load.ts';
import { keepUnmerged } from './relation-queries.ts';
import { inSlices } from './slices.ts';
import type { ImportTarget, MatchKey } from './target.ts';

type Sql = RawBuilder<unknown>;

/** How the rows of one file go through the stage into their table. */
export interface StagePlan {
  target: ImportTarget;
  /** Columns that rows fill in the stage, besides their number and id. */
  staged: string[];
  /** Of them, those that a new record gets and those that a known one may change. */
  inserted: string[];
  updated: string[];
  /** The columns of the file that fill columns of the table, by the latter. */
  headers: ReadonlyMap<string, string>;
  defaults: Record<string, string | null>;
  /** Sealed columns that the file fills: they are sealed, and go into the stage, once their records are known. */
  sealed: readonly string[];
  /** Columns of personal texts that the file fills: where they may be sealed, they go into the stage likewise. */
  personal: readonly string[];
  keys: MatchKey[];
  options: ImportOptions;
  /** Of `updated`, what follows from other columns of the file. */
  implied: readonly string[];
  /** Lists get what rows say beside what is in them; otherwise it stands in their place. */
  addsToLists: boolean;
  /** The second pass over a file: it makes nothing, and adds what the records of the file are to each other. */
  linking: boolean;
}

export interface Outcome {
  row_number: number;
  match_id: string | null;
  refusal: string | null;
  /** Records that the row may be about, which nobody has said. */
  candidates: string[] | null;
}

export interface Placed {
  created: number;
  updated: number;
}

/** Makes the stage of this transaction. */
export async function openStage(tx: Tx, { target }: StagePlan): Promise<void> {
  await tx.run(sql`select app.open_import_stage(${target.contract.table})`);
  await tx.run(sql`set local jit = off`);
}

export async function fillStage(client: pg.PoolClient, { staged }: StagePlan, rows: LoadRow[]): Promise<void> {
  const columns = ['row_number', ...staged].map((column) => `"${column}"`).join(', ');
  const stream = client.query(copyFrom(`copy import_stage (${columns}) from stdin`));
  let isBroken = false;
  const ended = new Promise<void>((resolve, reject) => {
    stream.on('finish', resolve).on('error', (error) => {
      isBroken = true;
      reject(error);
    });
  });
  // It is waited for at the end; until then its failure is nobody's surprise.
  ended.catch(() => {});
  let text = '';
  await inSlices(rows, (row) => {
    text += row.number;
    for (const column of staged) text += `\t${copied(column === 'id' ? row.id : row.values[column])}`;
    text += '\n';
    if (text.length < copied_characters) return;
    if (!isBroken) stream.write(text);
    text = '';
  });
  if (!isBroken) stream.end(text);
  await ended;
}

/** Sent to the database at once. */
const copied_characters = 32_768;

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function copied(value: string | null | undefined): string {
  if (value === null || value === undefined) return '\\N';
  return /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (sign) => escapes[sign]!) : value;
}

export async function emptyStage(tx: Tx): Promise<void> {
  await tx.run(sql`delete from import_stage`);
}

/**
 * Finds the records that rows are about and says which rows may not go in. Answers those of which there is something to
 * say. `writes`: the records that were found are merged only after the batch.
 */
export async function matchStage(
  ctx: Context,
  plan: StagePlan,
  import_id: string,
  { rows, writes }: { rows: readonly LoadRow[]; writes: boolean },
): Promise<Outcome[]> {
  const { tx } = ctx;
  // The stage has no statistics: what was found goes back into it by a hash join, because nested loops would compare
  // each row with each.
  await tx.run(sql`set local enable_nestloop = off`);
  const isWithheld = rows.some(({ personal }) => personal !== undefined);
  do
    for (const [at, key] of plan.keys.entries()) {
      const stronger = plan.keys.slice(0, at);
      if (isWithheld && key.isShared && plan.target.sharing) await matchShared(ctx, plan, key, { stronger, rows });
      else await tx.run(matchBy(ctx, plan, key, stronger));
    }
  while (writes && (await loseTrashed(ctx, plan)) > 0);
  if (plan.options.same_name === 'update' || !(writes || plan.linking)) await findAlike(ctx, plan);
  while (writes && plan.options.same_name === 'update' && (await loseTrashed(ctx, plan)) > 0);
  const { mode } = plan.options;
  if (mode === 'create')
    await tx.run(sql`update import_stage t set refusal = 'skipped'
      where refusal is null and match_id is not null and ${isAnothers(ctx, plan, import_id)}`);
  if (mode === 'update')
    await tx.run(sql`update import_stage set refusal = 'skipped' where refusal is null and match_id is null`);
  await refuseForeign(ctx, plan, 'update', import_id);
  await refuseForeign(ctx, plan, 'create', import_id);
  await tx.run(sql`set local enable_nestloop = on`);
  return tx.many<Outcome>(
    sql`select row_number, match_id, refusal, candidates from import_stage
      where match_id is not null or refusal is not null or candidates is not null`,
  );
}

/**
 * A record may be merged or deleted while the batch waits for whoever does that: its rows are to find another one.
 * Returns how many these are.
 */
async function loseTrashed(ctx: Context, { target }: StagePlan): Promise<number> {
  const found = await ctx.tx.many<{ match_id: string }>(
    sql`select distinct match_id from import_stage where match_id is not null and refusal is null`,
  );
  const ids = found.map(({ match_id }) => match_id);
  const trashed = [...(await keepUnmerged(ctx, target, ids)).keys()];
  if (trashed.length === 0) return 0;
  return ctx.tx.run(
    sql`update import_stage set match_id = null where match_id = any (${trashed}::uuid[]) and refusal is null`,
  );
}

/**
 * That the record was not made by this import. The second pass finds those of the first: linking them belongs to making
 * them.
 */
function isAnothers(ctx: Context, { target, linking }: StagePlan, import_id: string): Sql {
  if (!linking) return sql`true`;
  const { table } = target.contract;
  return sql`(select c.import_id from ${sql.table(table)} c where c.tenant_id = ${tenantOf(ctx)} and c.id = t.match_id) is distinct
    from ${import_id}`;
}

/** Puts into the stage what is known of rows only since they have found their records. */
export async function restage(
  ctx: Context,
  rows: readonly { number: number; values: Record<string, unknown> }[],
  columns: readonly string[],
): Promise<void> {
  if (rows.length === 0) return;
  const given = rows.map(({ number, values }) => ({
    row_number: number,
    given: Object.fromEntries(columns.map((column) => [column, values[column] ?? null])),
  }));
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const values = sql.join(columns.map((column) => sql.ref(`p.${column}`)));
  await ctx.tx.run(sql`update import_stage s set (${names}) = (select ${values} from jsonb_populate_record(s, w.given) p)
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as w (row_number int, given jsonb) where s.row_number = w.row_number`);
}

/** These rows do not go in. */
export async function leaveOut(ctx: Context, rows: readonly LoadRow[]): Promise<void> {
  const numbers = rows.map(({ number }) => number);
  await ctx.tx.run(sql`update import_stage set refusal = 'refused' where row_number = any (${numbers})`);
}

/** The column of the stage with what a telephone number is found by, however it is written, and sealed or not. */
export const phone_keys_column = 'phone_keys';

/** That the record `c` has in a column what the staged row `s` has. */
const sameBy = (column: string): Sql =>
  column === 'phone'
    ? sql`coalesce(app.phone_key(c.phone), c.phone) = any (${sql.ref(`s.${phone_keys_column}`)})`
    : sql`${sql.ref(`c.${column}`)} = ${sql.ref(`s.${column}`)}`;

/**
 * The tenant as a value that the planner does not know. Of a tenant that is newer than the statistics it would expect a
 * single row, and then any index that begins with the tenant looks as good as that of the key.
 */
const tenantOf = ({ tenant_id }: Context): Sql => sql`(select ${tenant_id}::uuid)`;

/**
 * Finds the records of one key, with a lookup in its index for each staged row: an aggregate in a lateral subquery
 * leaves the planner no other way, whatever it believes about sizes. What is in the trash is found by an id only, and
 * then says so.
 */
function matchBy(
  ctx: Context,
  { target }: StagePlan,
  { columns, isShared, within = [] }: MatchKey,
  stronger: MatchKey[],
): RawBuilder<unknown> {
  const sharing = isShared ? target.sharing : undefined;
  const [first, ...others] = columns;
  const mine = sql.ref(`s.${first!}`);
  const byId = first === 'id' || first === 'external_id';
  const trashed = target.contract.trash ? sql`c.deleted_at is not null` : sql`false`;
  const conditions: Sql[] = [
    sql`c.tenant_id = ${tenantOf(ctx)}`,
    sql`${sql.ref(`c.${first!}`)} = ${mine}`,
    ...others.map(sameBy),
    ...notOther([...stronger.map((key) => key.columns[0]!), ...within]),
    ...(sharing ? [sharing.mayBe] : []),
  ];
  // Behind the lookup rather than in it: as a condition it would let the planner read all records that are not in the
  // trash instead.
  const counted = byId ? sql`` : sql`filter (where not ${trashed})`;
  const exactFirst = sharing ? sql`order by (${sharing.isExactly}) desc nulls last` : sql``;
  const all = sql`count(*) ${counted}`;
  const times = sharing
    ? sql`case when count(*) filter (where not ${trashed} and ${sharing.isExactly}) = 1 then 1 else ${all} end`
    : all;
  return sql`update import_stage t set match_id = f.id,
      refusal = case when f.times > 1 then 'ambiguous' when f.trashed then 'in_trash' end
    from (select s.row_number, found.* from import_stage s cross join lateral (
        select (array_agg(c.id ${exactFirst}) ${counted})[1] as id, ${times} as times, bool_or(${trashed}) ${counted} as trashed
        from ${sql.table(target.contract.table)} c where ${sql.join(conditions, sql` and `)}) found
      where s.match_id is null and s.refusal is null and ${mine} is not null and found.times > 0) f
    where t.row_number = f.row_number`;
}

/**
 * The same by a key that several records may share, where what tells them apart is sealed: whom the key finds is opened
 * and compared here.
 */
async function matchShared(
  ctx: Context,
  { target }: StagePlan,
  { columns, within = [] }: MatchKey,
  { stronger, rows }: { stronger: readonly MatchKey[]; rows: readonly LoadRow[] },
): Promise<void> {
  const { contract, sharing } = target;
  const [first, ...others] = columns;
  const live = contract.trash ? sql`c.deleted_at is null` : sql`true`;
  const conditions = [
    sql`c.tenant_id = ${tenantOf(ctx)}`,
    sql`${sql.ref(`c.${first!}`)} = ${sql.ref(`s.${first!}`)}`,
    ...others.map(sameBy),
    ...notOther([...stronger.map((key) => key.columns[0]!), ...within]),
  ];
  const found = await ctx.tx.many<{ row_number: number; ids: string[] }>(sql`select s.row_number, found.ids
    from import_stage s cross join lateral (select array_agg(c.id) filter (where ${live}) as ids from ${sql.table(contract.table)} c
      where ${sql.join(conditions, sql` and `)}) found
    where s.match_id is null and s.refusal is null and found.ids is not null`);
  const ids = [...new Set(found.flatMap((one) => one.ids))];
  const records = await ctx.tx.many<
    Record<string, unknown>
  >(sql`select ${sql.join(['id', ...sharing!.columns].map((name) => sql.ref(name)))}
    from ${sql.table(contract.table)} where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`);
  await openPersonal(ctx, contract, records);
  const byId = new Map(records.map((record) => [record.id as string, record as LoadRow['values']]));
  const rowOf = new Map(rows.map((row) => [row.number, textsOfRow(row)]));
  const matches = found.flatMap(({ row_number, ids: shared }) => {
    const how = Map.groupBy(shared, (id) => sharing!.compare(rowOf.get(row_number)!, byId.get(id)!));
    const [exactly, maybe] = [how.get('exactly') ?? [], how.get('maybe') ?? []];
    const chosen = exactly.length === 1 ? exactly : [...exactly, ...maybe];
    if (chosen.length === 0) return [];
    return { row_number, match_id: chosen[0]!, refusal: chosen.length > 1 ? 'ambiguous' : null };
  });
  if (matches.length === 0) return;
  await ctx.tx.run(sql`update import_stage t set match_id = m.match_id, refusal = m.refusal
    from jsonb_to_recordset(${JSON.stringify(matches)}::jsonb) as m (row_number int, match_id uuid, refusal text)
    where t.row_number = m.row_number`);
}

/**
 * That the record `c` is no other by these columns than the staged row `s`: one of them may lack what the other has.
 */
const notOther = (columns: readonly string[]): Sql[] =>
  columns
    .filter((column) => column !== 'id')
    .map((column) => sql`coalesce(${sql.ref(`c.${column}`)} = ${sql.ref(`s.${column}`)}, true)`);

/** Records that a row may be about, of those that are found. */
const candidates_max = 3;

/**
 * Finds records that rows may be about which have found none: those that are called so, however it is written, and
 * those that share what finds a record (`sharing`). Where somebody says so, a row with the name of a single one is
 * about it.
 */
async function findAlike(ctx: Context, { target, keys, options, staged, linking }: StagePlan): Promise<void> {
  if (!target.alike) return;
  const [mine, theirs] = [sql.ref(`s.${target.alike.column}`), sql.ref(`c.${target.alike.column}`)];
  const ids = staged.includes('external_id') ? notOther(['external_id']) : [];
  const live = target.contract.trash ? sql`c.deleted_at is null` : sql`true`;
  const lookup = (
    condition: Sql,
  ) => sql`(select array_agg(c.id) filter (where ${live}) as ids from ${sql.table(target.contract.table)} c
      where ${sql.join([sql`c.tenant_id = ${tenantOf(ctx)}`, condition, ...ids], sql` and `)})`;
  const byName = lookup(sql`${theirs} = any (array[${mine}, initcap(${mine}), upper(${mine})])`);
  const shared = keys.find(({ isShared }) => isShared)?.columns[0];
  const byAddress = shared
    ? lookup(sql`${sql.ref(`c.${shared}`)} = ${sql.ref(`s.${shared}`)}`)
    : sql`(select null::uuid[] as ids)`;
  const noted = linking ? [] : [sql`candidates = f.candidates`];
  const one = sql`case when cardinality(f.named) = 1 then f.named[1] end`;
  const taken = options.same_name === 'update' ? [sql`match_id = ${one}`] : [];
  await ctx.tx.run(sql`update import_stage t set ${sql.join([...noted, ...taken])}
    from (select s.row_number, named.ids as named,
        (array(select distinct unnest(coalesce(named.ids, '{}') || coalesce(sharing.ids, '{}'))))[1:${candidates_max}] as candidates
      from import_stage s cross join lateral ${byName} named cross join lateral ${byAddress} sharing
      where s.match_id is null and s.refusal is null and (named.ids is not null or sharing.ids is not null)) f
    where t.row_number = f.row_number`);
}

/** Rows for which the caller's right does not reach: the database would refuse the whole batch because of them. */
async function refuseForeign(
  ctx: Context,
  plan: StagePlan,
  action: 'create' | 'update',
  import_id: string,
): Promise<void> {
  const { target, staged, defaults } = plan;
  const { owner, right, table } = target.contract;
  const scope = scopeOf(ctx.actor.rights, right, action);
  if (scope === 'all' || (!owner && scope !== 'none')) return;
  const mine = sql`any ((select app.scope_owners(${right}, ${action}))::uuid[])`;
  if (action === 'update') {
    const foreign = scope === 'none' ? sql`true` : sql`(${sql.ref(`c.${owner}`)} = ${mine}) is not true`;
    await ctx.tx.run(sql`update import_stage t set refusal = 'not_yours' from (
        select s.row_number from import_stage s cross join lateral (
          select from ${sql.table(table)} c where c.tenant_id = ${tenantOf(ctx)} and c.id = s.match_id and ${foreign} offset 0) found
        where s.refusal is null and s.match_id is not null) f
      where t.row_number = f.row_number and ${isAnothers(ctx, plan, import_id)}`);
    return;
  }
  const given =
    owner && staged.includes(owner)
      ? sql`coalesce(${sql.ref(owner)}, ${defaults[owner] ?? null})`
      : sql`${defaults[owner ?? ''] ?? null}::uuid`;
  const foreign = scope === 'none' ? sql`true` : sql`(${given} = ${mine}) is not true`;
  await ctx.tx.run(
    sql`update import_stage set refusal = 'not_yours' where refusal is null and match_id is null and ${foreign}`,
  );
}

/** Puts the staged rows into place. What was made by the same import does not count as changed. */
export async function placeStage(ctx: Context, plan: StagePlan, import_id: string, staged: number): Promise<Placed> {
  const created = await insertNew(ctx, plan, import_id);
  if (plan.updated.length === 0 || created === staged) return { created, updated: 0 };
  return { created, updated: await updateFound(ctx, plan, sql`c.import_id is not distinct from ${import_id}`) };
}

/**
 * Adds to records what they are to each other; `matchStage` has left out those that the caller may not change. Returns
 * how many changed that the first pass had neither made nor changed.
 */
export async function linkStage(ctx: Context, plan: StagePlan, import_id: string): Promise<number> {
  const began = sql`(select i.created_at from import i where i.tenant_id = ${ctx.tenant_id} and i.id = ${import_id})`;
  // By a subquery with one value: for EXISTS, PostgreSQL may read all events of the import into a hash for each batch.
  const isChanged = sql`(select true from audit_event e where ${ofTenant(ctx)} and e.record_id = c.id and e.action <> 'signal'
    and e.resource = ${plan.target.contract.name} and e.import_id = ${import_id} and e.at >= ${began} limit 1) is true`;
  // Who may make records, and change none, links those that the import has made.
  await actWith(ctx, systemActor(ctx.tenant_id).rights);
  const updated = await updateFound(ctx, plan, sql`(c.import_id is not distinct from ${import_id} or ${isChanged})`);
  await actWith(ctx, ctx.actor.rights);
  return updated;
}

/**
 * Writes what rows say of the records that they have found. Returns how many of those changed that are not counted
 * already.
 */
async function updateFound(ctx: Context, plan: StagePlan, isCounted: Sql): Promise<number> {
  const table = sql.table(plan.target.contract.table);
  const { updated } = plan;
  const assignments = updated.map((column) => sql`${sql.ref(column)} = ${changed(plan, column)}`);
  // Here the planner chooses how to join, and has to know how many rows found a record.
  await ctx.tx.run(sql`select app.analyze_import_stage()`);
  const touched = await ctx.tx.many<{
    counted: boolean;
  }>(sql`update ${table} c set ${sql.join(assignments)} from import_stage s
    where c.tenant_id = ${tenantOf(ctx)} and c.id = s.match_id and s.refusal is null and ${differs(plan)}
    returning ${isCounted} as counted`);
  return touched.filter(({ counted }) => !counted).length;
}

function insertNew(ctx: Context, { target, inserted, defaults }: StagePlan, import_id: string): Promise<number> {
  const { contract } = target;
  const named = contract.meta.has('custom') ? [...new Set([...inserted, 'custom'])] : inserted;
  const columns = sql.join(named.map((column) => sql.ref(column)));
  const values = sql.join(
    named.map((column) => {
      if (column !== 'custom') return orDefault(column, target, defaults);
      const given = inserted.includes(column) ? orDefault(column, target, defaults) : sql`'{}'::jsonb`;
      return sql`jsonb_strip_nulls((select app.custom_defaults(${contract.name})) || ${given})`;
    }),
  );
  return ctx.tx.run(sql`insert into ${sql.table(target.contract.table)} (tenant_id, import_id, ${columns})
    select ${ctx.tenant_id}, ${import_id}, ${values} from import_stage s
    where s.match_id is null and s.refusal is null order by s.row_number on conflict do nothing`);
}

export interface ChangingRow {
  row_number: number;
  /** The new value of each column that changes, and of each custom field, as `custom.<key>`. */
  changes: Record<string, unknown>;
}

/** The rows whose records a run would change, and in what. */
export async function changingRows(ctx: Context, plan: StagePlan): Promise<ChangingRow[]> {
  if (plan.updated.length === 0) return [];
  const now = plan.updated.map((column) => {
    const [was, is] = [sql.ref(`c.${column}`), changed(plan, column)];
    if (column !== 'custom')
      return sql`select ${column}::text as key, to_jsonb(${is}) as value where ${is} is distinct from ${was}`;
    return sql`select 'custom.' || coalesce(o.key, n.key), n.value from jsonb_each(${was}) o full join jsonb_each(${is}) n using (key)
      where o.value is distinct from n.value`;
  });
  return ctx.tx.many<ChangingRow>(sql`select s.row_number, found.changes
    from import_stage s cross
      join lateral (select (select jsonb_object_agg(key, value) from (${sql.join(now, sql` union all `)}) e) as changes
      from ${sql.table(plan.target.contract.table)} c
      where c.tenant_id = ${tenantOf(ctx)} and c.id = s.match_id and ${differs(plan)} offset 0) found
    where s.match_id is not null and s.refusal is null`);
}

/** That the record `c` is to become another by the staged row `s`. */
function differs(plan: StagePlan): Sql {
  const now = sql.join(plan.updated.map((column) => sql.ref(`c.${column}`)));
  const then = sql.join(plan.updated.map((column) => changed(plan, column)));
  return sql`row(${now}) is distinct from row(${then})`;
}

/** What stands in a column in which nothing is an empty value. */
const emptyValue = ({ contract }: ImportTarget, column: string): string | undefined => {
  const type = contract.meta.get(column)?.type;
  if (jsonListTypes.has(type)) return '[]';
  return type === 'custom' || type === 'list' ? '{}' : undefined;
};

function orDefault(column: string, target: ImportTarget, defaults: StagePlan['defaults']): Sql {
  const value = emptyValue(target, column) ?? defaults[column];
  return value === undefined || value === null
    ? sql.ref(`s.${column}`)
    : sql`coalesce(${sql.ref(`s.${column}`)}, ${value})`;
}

/** Whether rows add to the list that a record has in a column. */
export const joinsLists = ({ addsToLists, options, target }: StagePlan, column: string): boolean =>
  addsToLists && options.blank_cells === 'keep' && jsonListTypes.has(target.contract.meta.get(column)?.type);

/**
 * The new value of a column: an empty cell keeps what is there unless the caller wants it cleared and the column can be
 * empty. An unreadable one keeps it.
 */
function changed(plan: StagePlan, column: string): Sql {
  const { options, defaults, target, implied } = plan;
  const [mine, theirs] = [sql.ref(`s.${column}`), sql.ref(`c.${column}`)];
  if (column === 'custom') return sql`jsonb_strip_nulls(${theirs} || coalesce(${mine}, '{}'))`;
  if (joinsLists(plan, column)) return sql`app.joined_list(${theirs}, ${mine})`;
  // Of the number that the record has somebody may have said what it is for.
  if (column === 'phone_label' && implied.includes(column))
    return sql`case when s.phone is null or c.phone = s.phone then coalesce(${theirs}, ${mine}) else ${mine} end`;
  const needed = emptyValue(target, column) !== undefined || (column in defaults && column !== target.contract.owner);
  const required = target.fields.some(({ name, required }) => required && name === column);
  if (options.blank_cells === 'keep' || needed || required) return sql`coalesce(${mine}, ${theirs})`;
  return sql`case when ${column} = any (s.unmapped) then ${theirs} else ${mine} end`;
}

/** New rows that did not go in, because a record the caller does not see has their id. */
export function notPlaced(ctx: Context, { target }: StagePlan): Promise<{ row_number: number }[]> {
  return ctx.tx.many(sql`select s.row_number from import_stage s where s.match_id is null and s.refusal is null
    and not exists (select from ${sql.table(target.contract.table)} c where c.tenant_id = ${tenantOf(ctx)} and c.id = s.id offset 0)`);
}
