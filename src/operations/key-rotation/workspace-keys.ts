import { definedResources, type Resource } from '../../kernel/contract/resource.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import { keyIdRange, markSql, sealableFields, storedText } from '../../kernel/resource/personal.ts';
import { openedValues, sealedFields, sealRows } from '../../kernel/resource/sealed.ts';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import type { Stop } from './secrets.ts';

const rows_max = 200;

export interface Left {
  /** Wrapped by a workspace key that was replaced. */
  data_keys: number;
  /** Sealed by a data key that was replaced, or without the index of parts that their field has. */
  values: number;
}

/**
 * Begins to replace the key of a workspace, and with `values` its data keys and the key of its blind indexes too. From
 * here on new values have new keys.
 */
export async function beginRotation(ctx: Context, { values }: { values: boolean }): Promise<void> {
  await ctx.tx.run(
    sql`update workspace_key set replaced_at = now() where tenant_id = ${ctx.tenant_id} and replaced_at is null`,
  );
  if (values)
    await ctx.tx.run(
      sql`update data_key set replaced_at = now() where tenant_id = ${ctx.tenant_id} and replaced_at is null`,
    );
}

/**
 * Does what is left of rotations of a workspace, in short transactions, so that it may end anywhere and go on later.
 * Answers what it did.
 */
export async function finishRotation(db: Database, tenant_id: string, signal?: Stop): Promise<Left> {
  const done = { data_keys: 0, values: 0 };
  const within = <R>(work: (ctx: Context) => Promise<R>): Promise<R> => {
    signal?.throwIfAborted();
    return withContext(db, systemActor(tenant_id), work);
  };
  const all = async (some: (ctx: Context, after: string) => Promise<Batch>): Promise<number> => {
    let total = 0;
    for (let after: string | null = ''; after !== null; ) {
      const from: string = after;
      const { count, last } = await within((ctx) => some(ctx, from));
      total += count;
      after = last;
    }
    return total;
  };
  done.data_keys = await all((ctx, after) => dataKeys(ctx).rewrap(ctx, rows_max, after));
  await within((ctx) => dataKeys(ctx).forgetWorkspaceKeys(ctx));
  for (const resource of sealedResources()) done.values += await all((ctx, after) => resealRows(ctx, resource, after));
  await within(markResealed);
  return done;
}

/**
 * Notes of replaced data keys that no value needs them any more. Where one does not open, or was brought back by an
 * undo, the rotation goes on.
 */
async function markResealed(ctx: Context): Promise<void> {
  const replaced = await ctx.tx.many<{ id: string; envelope_id: Buffer }>(sql`select id, uuid_send(id) as envelope_id
    from data_key where tenant_id = ${ctx.tenant_id} and kind = 'data' and replaced_at is not null and resealed_at is null`);
  if (replaced.length === 0) return;
  const needed = new Set<string>();
  const ids = replaced.map(({ envelope_id }) => envelope_id);
  for (const resource of sealedResources())
    for (const name of sealedFields(resource).keys()) {
      const rows = await ctx.tx.many<{
        id: Buffer;
      }>(sql`select distinct substring(${sql.ref(`r.${name}`)} from 2 for 16) as id
        from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id} and substring(${sql.ref(`r.${name}`)}
          from 2 for 16) = any (${ids}::bytea[])`);
      for (const { id } of rows) needed.add(id.toString('hex'));
    }
  for (const id of await keysOfPersonalTexts(ctx)) needed.add(id.replaceAll('-', ''));
  const done = replaced.flatMap(({ id, envelope_id }) => (needed.has(envelope_id.toString('hex')) ? [] : [id]));
  await ctx.tx.run(
    sql`update data_key set resealed_at = now() where tenant_id = ${ctx.tenant_id} and id = any (${done}::uuid[])`,
  );
}

/** The data keys that personal texts of records were sealed with. */
async function keysOfPersonalTexts(ctx: Context): Promise<string[]> {
  const found: string[] = [];
  for (const resource of definedResources())
    for (const name of sealableFields(resource)) {
      const text = storedText(resource, name);
      const rows = await ctx.tx.many<{ id: string }>(sql`select distinct substring(${text} ${sql.raw(keyIdRange)}) as id
        from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id} and starts_with(${text}, ${markSql})`);
      found.push(...rows.map(({ id }) => id));
    }
  return found;
}

interface Batch {
  count: number;
  /** The id up to which it came; null where no rows are left. */
  last: string | null;
}

/** What is left to do in a workspace. */
export async function countLeft(ctx: Context): Promise<Left> {
  const { count: data_keys } = await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count from data_key d
    join workspace_key w on w.tenant_id = d.tenant_id and w.id = d.workspace_key_id
    where d.tenant_id = ${ctx.tenant_id} and w.replaced_at is not null`);
  const replaced = await replacedKeys(ctx);
  let values = 0;
  for (const resource of sealedResources()) {
    if (replaced.length === 0 && !hasParts(resource)) continue;
    const { count } = await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count
      from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id} and ${isOld(resource, replaced)}`);
    values += count;
  }
  return { data_keys, values };
}

const sealedResources = (): Resource[] => definedResources().filter((resource) => sealedFields(resource).size > 0);

async function replacedKeys(ctx: Context): Promise<Buffer[]> {
  const rows = await ctx.tx.many<{ id: Buffer }>(sql`select uuid_send(id) as id from data_key
    where tenant_id = ${ctx.tenant_id} and kind = 'data' and replaced_at is not null`);
  return rows.map(({ id }) => id);
}

const hasParts = (resource: Resource): boolean => [...sealedFields(resource).values()].some(({ parts }) => parts);

/** The row `r` has a value that was sealed before its field had an index of parts. */
const lacksParts = (name: string) => sql`${sql.ref(`r.${name}`)} is not null and ${sql.ref(`r.${name}_parts`)} is null`;

/** Of the row `r`: the id of a key stands behind the format, in the first byte. */
const isOld = (resource: Resource, keys: readonly Buffer[]) =>
  sql`(${sql.join(
    [...sealedFields(resource)].flatMap(([name, { parts }]) => [
      sql`substring(${sql.ref(`r.${name}`)} from 2 for 16) = any (${keys}::bytea[])`,
      ...(parts ? [lacksParts(name)] : []),
    ]),
    sql` or `,
  )})`;

/**
 * What a client that sees all workspaces asks for those with values that were sealed before their field had an index of
 * parts.
 */
export const lackingPartsSql = (): string[] =>
  sealedResources().flatMap((resource) =>
    [...sealedFields(resource)].flatMap(([name, { parts }]) =>
      parts ? `select tenant_id from ${resource.table} where ${name} is not null and ${name}_parts is null` : [],
    ),
  );

/** Seals values of some rows anew. Those that do not open stay as they are, and are reported. */
async function resealRows(ctx: Context, resource: Resource, after: string): Promise<Batch> {
  const replaced = await replacedKeys(ctx);
  if (replaced.length === 0 && !hasParts(resource)) return { count: 0, last: null };
  const fields = sealedFields(resource);
  const subjects = [...new Set([...fields.values()].flatMap(({ keyOf }) => keyOf ?? []))];
  const columns = ['id', ...fields.keys(), ...subjects].map((name) => sql.ref(`r.${name}`));
  const rows = await ctx.tx.many<
    Record<string, unknown>
  >(sql`select ${sql.join(columns)} from ${sql.table(resource.table)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id::text > ${after} and ${isOld(resource, replaced)}
    order by r.id::text limit ${rows_max} for no key update`);
  const opened = await openedValues(ctx, resource, rows);
  let count = 0;
  for (const row of rows) {
    const own = opened.filter((value) => value.row === row && value.text !== undefined);
    if (own.length === 0) continue;
    const fresh: Record<string, unknown> = { id: row.id };
    for (const name of subjects) fresh[name] = row[name];
    for (const { column, text } of own) fresh[column] = text;
    await sealRows(ctx, resource, [fresh]);
    const set = own.map(({ column }) => sql`${sql.ref(column)} = ${fresh[column]}`);
    await ctx.tx.run(
      sql`update ${sql.table(resource.table)} set ${sql.join(set)} where tenant_id = ${ctx.tenant_id} and id = ${row.id}`,
    );
    count += own.length;
  }
  return { count, last: rows.length < rows_max ? null : (rows.at(-1)!.id as string) };
}
