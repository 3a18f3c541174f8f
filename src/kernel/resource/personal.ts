import type { RawBuilder } from 'kysely';
import { damaged_value, locked_value } from '../contract/fields.ts';
import { type Resource, resourceNamed } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { dataKeys, type OpenedText } from '../vault/data-keys.ts';
import { type DataKey, sealEqually } from '../vault/envelope.ts';
import type { Binding } from '../vault/seal.ts';

type Row = Record<string, unknown>;

/**
 * Personal texts are sealed where the workspace says so, and are then shown in the clear to whoever may read their
 * record. A sealed one stands in the same column, in a form that says so itself: this mark, the id of its data key, a
 * colon, and the envelope in base64url. Whoever reads opens what is sealed and passes on what is not, so that both
 * forms are right at any moment while a workspace changes from one to the other.
 */
const mark = '\u0001sealed:';
const key_id_characters = 36;
/** The mark as a literal of PostgreSQL. */
export const markText = `e'\\x01sealed:'`;
export const markSql = sql.raw(markText);

/** Where the id of its data key stands in a sealed text, for `substring` of PostgreSQL. */
export const keyIdRange = `from ${mark.length + 1} for ${key_id_characters}`;
export const keyIdOfText = (text: string): string => text.slice(mark.length, mark.length + key_id_characters);

/** A part of a stored text, or all of it where it is sealed: only the whole opens. Whoever reads it opens and cuts it. */
export const partSql = (text: RawBuilder<unknown>, part: RawBuilder<unknown>): RawBuilder<string> =>
  sql<string>`case when starts_with(${text}, ${markSql}) then ${text} else ${part} end`;

export const isSealedText = (value: unknown): value is string => typeof value === 'string' && value.startsWith(mark);

const fieldsOf = new WeakMap<Resource, readonly string[]>();

/** The fields of a record type that are sealed where the workspace says so. */
export function sealableFields(resource: Resource): readonly string[] {
  const known = fieldsOf.get(resource);
  if (known) return known;
  const made = [...resource.meta].flatMap(([name, { sealable }]) => (sealable ? name : []));
  fieldsOf.set(resource, made);
  return made;
}

/** Where a value stands: moved elsewhere, it does not open. */
export const bindingOf = ({ tenant_id }: Context, table: string, column: string, row: string): Binding => ({
  tenant: tenant_id,
  table,
  column,
  row: row.toLowerCase(),
});

const switches = new WeakMap<Context['tx'], Promise<string>>();

/** Asked once in a transaction: the job waits for those that ran when somebody turned the switch. */
export function sealingState({ tx, tenant_id }: Context): Promise<string> {
  const known = switches.get(tx);
  if (known) return known;
  const asked = tx
    .one<{ state: string }>(sql`select personal_sealing as state from tenant where id = ${tenant_id}`)
    .then(({ state }) => state);
  switches.set(tx, asked);
  return asked;
}

/** Whether what is written now is sealed: in the workspace, or on the way there. */
export async function sealsPersonal(ctx: Context): Promise<boolean> {
  const state = await sealingState(ctx);
  return state === 'sealing' || state === 'on';
}

/** Whether there may be sealed texts: in the workspace, or on the way there or back. */
export const mayHaveSealed = async (ctx: Context): Promise<boolean> => (await sealingState(ctx)) !== 'off';

/** A text, and where it stands. */
export interface PlacedText {
  text: string;
  table: string;
  column: string;
  row: string;
}

/** The texts as they are stored where the workspace seals them. */
export async function sealTexts(ctx: Context, texts: readonly PlacedText[]): Promise<string[]> {
  if (texts.length === 0) return [];
  const [key] = await dataKeys(ctx).sealing(ctx, 'data', [null]);
  return sealTextsWith(ctx, key!, texts);
}

export const sealTextsWith = (ctx: Context, key: DataKey, texts: readonly PlacedText[]): string[] =>
  texts.map(({ text, table, column, row }) => {
    const envelope = sealEqually(key, text, bindingOf(ctx, table, column, row));
    return `${mark}${key.id}:${envelope.toString('base64url')}`;
  });

/** What sealed texts say, in their order. */
export function openTexts(ctx: Context, texts: readonly PlacedText[]): Promise<OpenedText[]> {
  return dataKeys(ctx).texts(
    ctx,
    texts.map(({ text, table, column, row }) => ({
      envelope: Buffer.from(text.slice(text.lastIndexOf(':') + 1), 'base64url'),
      binding: bindingOf(ctx, table, column, row),
    })),
  );
}

/** What is shown in place of a value that does not open. */
export const closedMark = ({ missing_key }: OpenedText): string =>
  missing_key === undefined ? damaged_value : locked_value;

/**
 * Seals personal texts that are about to be written. `id`: of the one record that they change; new rows have theirs.
 */
export async function sealPersonal(ctx: Context, resource: Resource, rows: readonly Row[], id?: string): Promise<void> {
  const found = sealableFields(resource).flatMap((column) =>
    rows.flatMap((row) =>
      typeof row[column] === 'string'
        ? { to: row, text: row[column], table: resource.table, column, row: id ?? (row.id as string) }
        : [],
    ),
  );
  for (const { column, text } of found) refuseNoText(column, text);
  if (found.length === 0 || !(await sealsPersonal(ctx))) return;
  for (const [at, sealed] of (await sealTexts(ctx, found)).entries()) found[at]!.to[found[at]!.column] = sealed;
}

function refuseNoText(column: string, text: string): void {
  if (isNoText(text))
    throw invalidField(
      column,
      'not_allowed',
      'This is what stands in place of a sealed text. Leave the field out to keep its text as it is',
    );
}

/** Refuses texts for many records at once where they are sealed: each record has its own form of them. */
export async function refuseSealedMany(ctx: Context, resource: Resource, values: Row, path: string): Promise<void> {
  const given = sealableFields(resource).filter((column) => typeof values[column] === 'string');
  for (const column of given) refuseNoText(path + column, values[column] as string);
  if (given.length === 0 || !(await sealsPersonal(ctx))) return;
  throw invalidField(
    path + given[0],
    'not_allowed',
    'This text is sealed in this workspace, where it is written record by record. It can be cleared for many at once',
  );
}

/** The form of sealed texts, and what is shown in place of one that does not open. */
const isNoText = (text: string): boolean => isSealedText(text) || text === damaged_value || text === locked_value;

/** Puts texts in place of the sealed ones of rows that were read. */
export async function openPersonal(ctx: Context, resource: Resource, rows: readonly object[]): Promise<void> {
  const fields = sealableFields(resource);
  if (fields.length === 0) return;
  const sealed = (rows as readonly Row[]).flatMap((row) => sealedIn(row, fields, resource.table, row.id as string));
  await open(ctx, sealed);
}

/** An event of the audit trail, with values as history has them. */
export interface EventValues {
  resource: string;
  record_id: string | null;
  before: Row | null;
  after: Row | null;
}

/** The sealed texts among the values of events. */
const sealedInEvents = (events: readonly EventValues[]): SealedValue[] =>
  events.flatMap(({ resource: name, record_id, before, after }) => {
    const resource = resourceNamed(name);
    const fields = resource ? sealableFields(resource) : [];
    if (fields.length === 0 || record_id === null) return [];
    return [before, after].flatMap((side) => (side ? sealedIn(side, fields, resource!.table, record_id) : []));
  });

/** Puts texts in place of the sealed ones in the values of events. */
export const openEvents = (ctx: Context, events: readonly EventValues[]): Promise<void> =>
  open(ctx, sealedInEvents(events));

/** A row with texts of a record under other names. */
export interface NamedTexts {
  of: object;
  resource: Resource;
  id: string;
  /** The names of the columns in the row. */
  names: Readonly<Record<string, string>>;
}

/** Puts texts in place of the sealed ones of rows that name them in their own way. */
export const openNamed = (ctx: Context, rows: readonly NamedTexts[]): Promise<void> =>
  open(
    ctx,
    rows.flatMap(({ of, resource, id: row, names }) =>
      Object.entries(names).flatMap(([column, key]) => {
        const text = (of as Row)[key];
        // What a stranger writes may begin as a sealed text does, where none ever stands.
        if (!isSealedText(text) || !sealableFields(resource).includes(column)) return [];
        return { of: of as Row, key, text, table: resource.table, column, row };
      }),
    ),
  );

/** A sealed text, and the row that has it under a name. */
type SealedValue = PlacedText & { of: Row; key: string };

const sealedIn = (of: Row, fields: readonly string[], table: string, row: string): SealedValue[] =>
  fields.flatMap((column) => {
    const text = of[column];
    return isSealedText(text) ? { of, key: column, text, table, column, row } : [];
  });

async function open(ctx: Context, values: readonly SealedValue[]): Promise<void> {
  if (values.length === 0) return;
  for (const [at, opened] of (await openTexts(ctx, values)).entries()) {
    const { of, key } = values[at]!;
    of[key] = opened.text ?? closedMark(opened);
  }
}
