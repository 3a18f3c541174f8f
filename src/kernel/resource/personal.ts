import type { KeyObject } from 'node:crypto';
import type { RawBuilder } from 'kysely';
import { LRUCache } from 'lru-cache';
import { addressParts, damaged_value, type FieldMeta, jsonListTypes, locked_value } from '../contract/fields.ts';
import { type Resource, resourceNamed } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { currentScope } from '../usage/scope.ts';
import { dataKeys, type OpenedText } from '../vault/data-keys.ts';
import { type DataKey, envelope_bytes, sealEqually } from '../vault/envelope.ts';
import type { Binding } from '../vault/seal.ts';
import { indexedField, indexOfText } from './personal-index.ts';

type Row = Record<string, unknown>;

/**
 * Personal texts are sealed where the workspace says so, and are then shown in the clear to whoever may read their
 * record. A sealed one stands in the same column, in a form that says so itself: this mark, the id of its data key, a
 * colon, and the envelope in base64url. Whoever reads opens what is sealed and passes on what is not, so that both
 * forms are right at any moment while a workspace changes from one to the other.
 *
 * A list is sealed as one text, its JSON: a JSON list is then a JSON string, and an array of texts has that one text. An
 * empty list says nothing and stays as it is. History has the same forms.
 */
const mark = '\u0001sealed:';
const key_id_characters = 36;
/** The mark as a literal of PostgreSQL. */
export const markText = `e'\\x01sealed:'`;
export const markSql = sql.raw(markText);
/** That of composites of names. */
export const nameMarkSql = sql.raw(`e'\\x01name:'`);

/** Where the id of its data key stands in a sealed text, for `substring` of PostgreSQL. */
export const keyIdRange = `from ${mark.length + 1} for ${key_id_characters}`;
export const keyIdOfText = (text: string): string => text.slice(mark.length, mark.length + key_id_characters);

/** A part of a stored text, or all of it where it is sealed: only the whole opens. Whoever reads it opens and cuts it. */
export const partSql = (text: RawBuilder<unknown>, part: RawBuilder<unknown>): RawBuilder<string> =>
  sql<string>`case when starts_with(${text}, ${markSql}) then ${text} else ${part} end`;

/** A stored text where it is in the clear, null where it is sealed. */
export const clearSql = (text: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql<string | null>`case when not starts_with(${text}, ${markSql}) then ${text} end`;

export const isSealedText = (value: unknown): value is string => typeof value === 'string' && value.startsWith(mark);

const isList = ({ type }: FieldMeta): boolean => jsonListTypes.has(type) || type === 'list';

/** The sealed text of a stored value, where it is sealed. */
function sealedTextIn(value: unknown): string | undefined {
  const text = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return isSealedText(text) ? text : undefined;
}

/** The text of a stored value, sealed or not; undefined where there is nothing to seal. */
export function textOfValue({ type }: FieldMeta, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return sealedTextIn(value) ?? JSON.stringify(type === 'list' ? value : value.map((item) => wholeItem(type, item)));
}

const emptyAddress = Object.fromEntries(Object.keys(addressParts).map((part) => [part, null]));

/**
 * An entry of a JSON list with all its members, which history has without those that are null, in the order of jsonb: so
 * the same list is the same text wherever it comes from.
 */
function wholeItem(type: FieldMeta['type'], item: object): object {
  const whole = { label: null, ...(type === 'addresses' && emptyAddress), ...item };
  return Object.fromEntries(Object.entries(whole).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)));
}

/** The stored value of a field whose text, sealed or not, is this. */
export function valueOfText(meta: FieldMeta, text: string): unknown {
  if (!isList(meta)) return text;
  if (!isSealedText(text)) return JSON.parse(text);
  return meta.type === 'list' ? [text] : text;
}

/** A value that shows what stands in place of one that does not open. */
export function valueShowing(meta: FieldMeta, shown: string): unknown {
  if (!isList(meta)) return shown;
  if (meta.type === 'list') return [shown];
  if (meta.type === 'labelled') return [{ label: null, value: shown }];
  return [{ label: null, ...emptyAddress, street: shown }];
}

/** The text of a column in SQL, null where there is nothing to seal. Of an array of open texts, the first. */
export function storedTextSql({ type }: FieldMeta, column: string): string {
  if (type === 'list') return `${column}[1]`;
  return jsonListTypes.has(type) ? `nullif(${column} #>> '{}', '[]')` : column;
}

/** The same as a part of a statement, of a column of the row `r`. */
export const storedText = (resource: Resource, field: string): RawBuilder<string | null> =>
  sql.raw(storedTextSql(resource.meta.get(field)!, `r.${field}`));

/** The same of a member of jsonb, such as values of history. */
export function memberTextSql({ type }: FieldMeta, values: string, field: string): string {
  if (type === 'list') return `(${values} #>> '{${field},0}')`;
  return jsonListTypes.has(type) ? `nullif(${values} ->> '${field}', '[]')` : `(${values} ->> '${field}')`;
}

const fieldsOf = new WeakMap<Resource, readonly string[]>();

/** The fields of a record type that are sealed where the workspace says so. */
export function sealableFields(resource: Resource): readonly string[] {
  const known = fieldsOf.get(resource);
  if (known) return known;
  const made = [...resource.meta].flatMap(([name, { sealable }]) => (sealable ? name : []));
  fieldsOf.set(resource, made);
  return made;
}

/** Whether a field is a personal text, or made of some. */
export function isPersonalText({ meta }: Resource, field: string): boolean {
  const { sealable, ofSealable } = meta.get(field) ?? {};
  return sealable === true || ofSealable === true;
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
  if (assumesOpen(ctx)) return false;
  const state = await sealingState(ctx);
  const seals = state === 'sealing' || state === 'on';
  if (!seals) open_workspaces.set(ctx.tenant_id, true);
  return seals;
}

/** Workspaces that this process saw without sealing. */
const open_workspaces = new LRUCache<string, true>({ max: 20_000 });
const asserted = new WeakSet<Context['tx']>();

/**
 * Assumes that the workspace does not seal where it did not when it was last asked. The database is told to fail the
 * transaction where it does by now, which begins anew then: so a change costs no round trip to ask.
 */
function assumesOpen(ctx: Context): boolean {
  if (asserted.has(ctx.tx)) return true;
  // A request alone is begun anew.
  const isRequest = currentScope()?.interactive === true;
  if (switches.has(ctx.tx) || !isRequest || !open_workspaces.has(ctx.tenant_id)) return false;
  asserted.add(ctx.tx);
  ctx.tx.run(sql`select app.assert_unsealed()`).catch(() => open_workspaces.delete(ctx.tenant_id));
  return true;
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

/** A sealed text and where it stands, as a key. */
export const placeOf = ({ table, row, column, text }: PlacedText): string => `${table} ${row} ${column} ${text}`;

const openedBefore = new WeakMap<object, ReadonlyMap<string, OpenedText>>();

/** Notes what the name of a row was opened from (`openingNames`), so that its own columns need not be opened again. */
export function noteOpened(row: object, parts: readonly PlacedText[], opened: ReadonlyMap<string, OpenedText>): void {
  const known = new Map(openedBefore.get(row));
  for (const part of parts) {
    const text = opened.get(placeOf(part));
    if (text) known.set(placeOf(part), text);
  }
  openedBefore.set(row, known);
}

/** The texts as they are stored where the workspace seals them. */
export async function sealTexts(ctx: Context, texts: readonly PlacedText[]): Promise<string[]> {
  if (texts.length === 0) return [];
  const [data] = await dataKeys(ctx).sealing(ctx, 'data', [null]);
  const isIndexed = texts.some(({ table, column }) => indexedField(table, column));
  // After the data key: both are replaced in one transaction, and what an earlier data key sealed is sealed anew.
  const [index] = isIndexed ? await dataKeys(ctx).sealing(ctx, 'index', [null]) : [];
  return sealTextsWith(ctx, { data: data!, index: index?.key }, texts);
}

/** `index`: the key of blind indexes; without it, texts are sealed as those are that nobody looks up. */
export interface SealingKeys {
  data: DataKey;
  index: KeyObject | undefined;
}

export const sealTextsWith = (ctx: Context, keys: SealingKeys, texts: readonly PlacedText[]): string[] =>
  texts.map(({ text, table, column, row }) => {
    // A text that did not open, as the check of the trail tries it, has nothing to be found by.
    const meta = isSealedText(text) ? undefined : indexedField(table, column);
    const index = meta && keys.index && indexOfText(keys.index, table, meta, text);
    const envelope = sealEqually(keys.data, text, bindingOf(ctx, table, column, row), index);
    return `${mark}${keys.data.id}:${envelope.toString('base64url')}`;
  });

/** How many characters the sealed form of a text has. */
export const sealedCharacters = (text: string): number =>
  mark.length + key_id_characters + 1 + Math.ceil(((envelope_bytes + Buffer.byteLength(text)) * 4) / 3);

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
    rows.flatMap((row) => {
      const text = textOfValue(resource.meta.get(column)!, row[column]);
      if (text === undefined) return [];
      return { to: row, text, table: resource.table, column, row: id ?? (row.id as string) };
    }),
  );
  for (const { column, to } of found) refuseNoText(column, to[column]);
  if (found.length === 0 || !(await sealsPersonal(ctx))) return;
  for (const [at, sealed] of (await sealTexts(ctx, found)).entries()) {
    const { to, column } = found[at]!;
    to[column] = valueOfText(resource.meta.get(column)!, sealed);
  }
}

function refuseNoText(column: string, value: unknown): void {
  if (textsWithin(value).some(isNoText))
    throw invalidField(
      column,
      'not_allowed',
      'This is what stands in place of a sealed text. Leave the field out to keep its text as it is',
    );
}

/** A text, or those within a list. */
export function textsWithin(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsWithin) : [];
}

/** Refuses texts for many records at once where they are sealed: each record has its own form of them. */
export async function refuseSealedMany(ctx: Context, resource: Resource, values: Row, path: string): Promise<void> {
  const given = sealableFields(resource).filter(
    (column) => textOfValue(resource.meta.get(column)!, values[column]) !== undefined,
  );
  for (const column of given) refuseNoText(path + column, values[column]);
  if (given.length === 0 || !(await sealsPersonal(ctx))) return;
  throw invalidField(
    path + given[0],
    'not_allowed',
    'This text is sealed in this workspace, where it is written record by record. It can be cleared for many at once',
  );
}

/** The form of sealed texts, and what is shown in place of one that does not open. */
export const isNoText = (text: string): boolean =>
  isSealedText(text) || text === damaged_value || text === locked_value;

/** Puts texts in place of the sealed ones of rows that were read. */
export async function openPersonal(ctx: Context, resource: Resource, rows: readonly object[]): Promise<void> {
  if (sealableFields(resource).length === 0) return;
  const sealed = (rows as readonly Row[]).flatMap((row) => sealedIn(row, resource, row.id as string));
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
    if (!resource || record_id === null) return [];
    return [before, after].flatMap((side) => (side ? sealedIn(side, resource, record_id) : []));
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
        return { of: of as Row, key, text, table: resource.table, column, row, meta: resource.meta.get(column)! };
      }),
    ),
  );

/** A sealed text, and the row that has it under a name. */
type SealedValue = PlacedText & { of: Row; key: string; meta: FieldMeta };

const sealedIn = (of: Row, resource: Resource, row: string): SealedValue[] =>
  sealableFields(resource).flatMap((column) => {
    const text = sealedTextIn(of[column]);
    if (text === undefined) return [];
    return { of, key: column, text, table: resource.table, column, row, meta: resource.meta.get(column)! };
  });

async function open(ctx: Context, values: readonly SealedValue[]): Promise<void> {
  const noted = values.map((value) => openedBefore.get(value.of)?.get(placeOf(value)));
  const closed = values.filter((_, at) => !noted[at]);
  const texts = closed.length > 0 ? await openTexts(ctx, closed) : [];
  for (const [at, { of, key, meta }] of values.entries()) {
    const opened = noted[at] || texts.shift()!;
    of[key] = opened.text === undefined ? valueShowing(meta, closedMark(opened)) : valueOfText(meta, opened.text);
  }
}
