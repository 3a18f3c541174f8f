import { sql } from '../../kernel/database/database.ts';
import { openedValues, sealedFields, sealRows } from '../../kernel/resource/sealed.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import { blindIndex } from '../../kernel/vault/envelope.ts';
import type { LoadRow } from './load.ts';
import { restage, type StagePlan } from './staging.ts';

/** The column with the blind index of a sealed field. */
export const indexColumn = (field: string): string => `${field}_index`;

const asText = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

/**
 * Gives rows the blind indexes of their sealed values, by which they find their records. While the key of the indexes
 * is being replaced, a record may have the index by the old one: its row gets that one.
 */
export async function indexSecrets(
  ctx: Context,
  { target, sealed }: StagePlan,
  rows: readonly LoadRow[],
): Promise<void> {
  const { contract } = target;
  const columns = sealed.filter((column) => sealedFields(contract).get(column)?.index);
  const secrets = columns.flatMap((column) =>
    rows.flatMap((row) => (row.secrets?.[column] ? [{ row, column, text: row.secrets[column] }] : [])),
  );
  if (secrets.length === 0) return;
  const keys = dataKeys(ctx);
  const [current] = await keys.sealing(ctx, 'index', [null]);
  const all = await keys.indexing(ctx);
  const { table } = contract;
  const indexOf = (key: (typeof all)[number], column: string, text: string) =>
    asText(blindIndex(key, { table, column }, text));
  for (const { row, column, text } of secrets) row.values[indexColumn(column)] = indexOf(current!.key, column, text);
  if (all.length < 2) return;
  for (const column of columns) {
    const own = secrets.filter((secret) => secret.column === column);
    const candidates = own.map(({ row, text }) => ({ row, indexes: all.map((key) => indexOf(key, column, text)) }));
    const index = sql.ref(indexColumn(column));
    const wanted = candidates.flatMap(({ indexes }) => indexes);
    const there = await ctx.tx.many<{ index: Buffer }>(sql`select distinct ${index} as index from ${sql.table(table)}
      where tenant_id = ${ctx.tenant_id} and ${index} = any (${wanted}::text[]::bytea[])`);
    const known = new Set(there.map((one) => asText(one.index)));
    for (const { row, indexes } of candidates) {
      const one = indexes.find((each) => known.has(each));
      if (one) row.values[indexColumn(column)] = one;
    }
  }
}

/** Looking for records by sealed values is in the trail, as it is in lists. */
export async function noteSearch(ctx: Context, { target, sealed, keys }: StagePlan, import_id: string): Promise<void> {
  const fields = sealed.filter((field) => keys.some(({ columns }) => columns.includes(indexColumn(field))));
  for (const field of fields)
    await ctx.tx.run(sql`select app.record_event('search', ${target.resource}, null, null,
      jsonb_build_object('field', ${field}::text, 'import', ${import_id}::text))`);
}

/**
 * Seals the values of rows for the records that they have found or make, and puts them into the stage. A record that
 * has the value already keeps its envelope.
 */
export async function stageSecrets(
  ctx: Context,
  { target, sealed }: StagePlan,
  rows: readonly LoadRow[],
): Promise<void> {
  const { contract } = target;
  const given = rows.filter(({ secrets }) => sealed.some((column) => secrets?.[column] != null));
  if (given.length === 0) return;
  const people = [...new Set(sealed.flatMap((column) => sealedFields(contract).get(column)?.keyOf ?? []))];
  const found = given.flatMap((row) => (row.found ? row.id : []));
  const before = new Map(
    (await recordsNow(ctx, contract.table, [...sealed, ...people], found)).map((record) => [record.id, record]),
  );
  const known = new Map<string, string>();
  for (const { row, column, text } of await openedValues(ctx, contract, [...before.values()]))
    if (text !== undefined) known.set(`${row.id} ${column}`, text);
  const fresh = given.map(({ id, found: isFound, secrets, values }) => {
    const record = isFound ? before.get(id) : undefined;
    const row: Record<string, unknown> = { id };
    for (const person of people) row[person] = values[person] ?? record?.[person] ?? null;
    for (const column of sealed) {
      const text = secrets![column] ?? null;
      row[column] = text !== null && known.get(`${id} ${column}`) === text ? record![column] : text;
    }
    return row;
  });
  await sealRows(ctx, contract, fresh);
  const staged = given.map(({ number }, at) => ({
    number,
    values: Object.fromEntries(
      sealed.map((column) => {
        const envelope = fresh[at]![column] as Buffer | null;
        return [column, envelope && asText(envelope)];
      }),
    ),
  }));
  await restage(ctx, staged, sealed);
}

export async function recordsNow(
  ctx: Context,
  table: string,
  columns: readonly string[],
  ids: readonly string[],
  { locks = false } = {},
): Promise<Record<string, unknown>[]> {
  if (ids.length === 0) return [];
  const names = sql.join(['id', ...columns].map((name) => sql.ref(name)));
  return ctx.tx.many(sql`select ${names} from ${sql.table(table)}
    where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[]) ${sql.raw(locks ? 'order by id for no key update' : '')}`);
}
