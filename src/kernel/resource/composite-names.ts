import { damaged_value } from '../contract/fields.ts';
import { fullName } from '../contract/person-name.ts';
import { definedResources, type Resource } from '../contract/resource.ts';
import type { Database } from '../database/database.ts';
import { hasNameMark, name_mark, name_mark_refused } from '../database/name-mark.ts';
import type { Statement, Tx } from '../database/statement.ts';
import { invalidField } from '../errors/problem.ts';
import { type Context, setNameOpener } from '../tenancy/context.ts';
import { type DataKeys, type OpenedText, setDataKeys } from '../vault/data-keys.ts';
import type { DataKey } from '../vault/envelope.ts';
import {
  closedMark,
  isSealedText,
  keyIdOfText,
  noteOpened,
  openTexts,
  type PlacedText,
  placeOf,
  sealTextsWith,
} from './personal.ts';

/** What a composite is made of, behind the id, in its order. */
const parts = ['given_name', 'family_name', 'email', 'phone'] as const;
const unnamed = 'No name';

let table: string | undefined;
/** The table whose names are composites where they are sealed. */
function namedTable(): string {
  const isMadeOfSealed = ({ meta }: Resource) => [...meta.values()].some(({ ofSealable }) => ofSealable);
  table ??= definedResources().find(isMadeOfSealed)!.table;
  return table;
}

type Bearer = Record<string, unknown>;

/** A composite, and what has it under a key: a row, or an object or list within one. */
interface Found {
  of: Bearer;
  key: string;
  text: string;
  /** The row that it stands in. */
  row: object;
}

/** Gives a connection what its records are sealed with, and has names opened that are read over it; once at start. */
export function provideKeys(db: Database, keys: DataKeys): void {
  setDataKeys(db, keys);
  setNameOpener(db, openingNames);
}

/**
 * The statements of a context: what they read has names where the database has composites, and a statement that would
 * write a text with their mark is refused. `ctx` is without this.
 */
function openingNames(ctx: Context): Tx {
  const { tx } = ctx;
  const open = <Row>(rows: Row[]) => openNamesIn(ctx, rows);
  return {
    many: async (statement) => open(await tx.many(refusingMark(statement))),
    maybe: async (statement) => {
      const row = await tx.maybe(refusingMark(statement));
      return row === undefined ? undefined : (await open([row]))[0];
    },
    one: async (statement) => (await open([await tx.one(refusingMark(statement))]))[0]!,
    run: (statement) => tx.run(refusingMark(statement)),
    post: (statement) => tx.post(refusingMark(statement)),
  };
}

/** Puts names in place of the composites that rows have, in columns and within JSON. */
export async function openNamesIn<Row>(ctx: Context, rows: Row[]): Promise<Row[]> {
  const marked = rows.filter((row) => typeof row === 'object' && row !== null && mayHaveComposite(row));
  const found = marked.flatMap((row) => compositesIn(row as Bearer, row as object));
  if (found.length > 0) await openNames(ctx, found);
  return rows;
}

/**
 * Whether a text within begins as the mark does. Every row that is read comes by here, and to look at values alone costs
 * half as much as to look at them by their keys.
 */
function mayHaveComposite(of: object): boolean {
  if (ArrayBuffer.isView(of)) return false;
  const values: unknown[] = Array.isArray(of) ? of : Object.values(of);
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (typeof value === 'string') {
      if (value.charCodeAt(0) === 1) return true;
    } else if (typeof value === 'object' && value !== null && mayHaveComposite(value)) return true;
  }
  return false;
}

const compositesIn = (of: Bearer, row: object): Found[] =>
  Object.entries(of).flatMap(([key, value]): Found[] => {
    if (typeof value === 'string') return isComposite(value) ? [{ of, key, text: value, row }] : [];
    const isWithin = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
    return isWithin ? compositesIn(value as Bearer, row) : [];
  });

/** Puts names in place of composites. Each sealed part is opened once, also where its row has it in a column of its own. */
async function openNames(ctx: Context, found: readonly Found[]): Promise<void> {
  const read = found.map((one) => ({ ...one, composite: parse(one.text) }));
  const sealed = new Map(
    read.flatMap(({ composite = [] }) =>
      composite.flatMap((part) => (isSealedText(part.text) ? [[placeOf(part), part] as const] : [])),
    ),
  );
  const texts = await openTexts(ctx, [...sealed.values()]);
  const opened = new Map([...sealed.keys()].map((place, at) => [place, texts[at]!]));
  for (const { of, key, row, composite } of read) {
    of[key] = composite ? nameOf(composite, opened) : damaged_value;
    noteOpened(row, composite ?? [], opened);
  }
}

/** A name that stands beside the id of its person, where no row has it any more, as in the history of a merge. */
export interface NamedPerson {
  id: string;
  name: string;
}

/** Such names as composites of one part, the whole of the name. */
export const compositesOf = (ctx: Context, key: DataKey, people: readonly NamedPerson[]): string[] =>
  sealTextsWith(
    ctx,
    { data: key, index: undefined },
    people.map(({ id: row, name: text }) => ({ text, table: namedTable(), column: parts[0], row })),
  ).map((sealed, at) => name_mark + JSON.stringify([people[at]!.id, sealed, null, null, null]));

/** What composites say; of one with a part that does not open, why. */
export async function openComposites(ctx: Context, composites: readonly string[]): Promise<OpenedText[]> {
  const all = composites.map(parse);
  const sealed = all.flatMap((composite = []) => composite.filter(({ text }) => isSealedText(text)));
  const texts = await openTexts(ctx, sealed);
  const opened = new Map(sealed.map((part, at) => [placeOf(part), texts[at]!]));
  return all.map((composite) => {
    const closed = composite?.map((part) => opened.get(placeOf(part))).find((one) => one && one.text === undefined);
    return closed ?? { text: composite && nameOf(composite, opened), missing_key: undefined };
  });
}

/** The data keys that sealed the parts of a composite. */
export const keysOfComposite = (composite: string): string[] =>
  (parse(composite) ?? []).flatMap(({ text }) => (isSealedText(text) ? keyIdOfText(text) : []));

export const isComposite = (text: string): boolean => text.startsWith(name_mark);

const writing = new WeakSet<object>();

/** A statement that may write composites, of the program's own making. */
export function writesComposites<Row>(statement: Statement<Row>): Statement<Row> {
  writing.add(statement);
  return statement;
}

/** The parts of a composite that are there; undefined where it is none. */
function parse(text: string): PlacedText[] | undefined {
  try {
    const [row, ...values] = JSON.parse(text.slice(name_mark.length)) as unknown[];
    if (typeof row !== 'string') return undefined;
    return parts.flatMap((column, at) => {
      const value = values[at];
      return typeof value === 'string' ? { table: namedTable(), column, row, text: value } : [];
    });
  } catch {
    return undefined;
  }
}

/** The name as the database makes it of parts that are not sealed. */
function nameOf(composite: readonly PlacedText[], opened: ReadonlyMap<string, OpenedText>): string {
  const clear = new Map(
    composite.map((part) => {
      const known = opened.get(placeOf(part));
      return [part.column, known ? (known.text ?? closedMark(known)) : part.text];
    }),
  );
  return (
    fullName(clear.get('given_name'), clear.get('family_name')).trim() ||
    (clear.get('email') ?? clear.get('phone') ?? unnamed)
  );
}

/** Composites are made by the database alone: one from outside would open what somebody stole. */
const refusingMark = <Row>(statement: Statement<Row>): Statement<Row> =>
  writing.has(statement) ? statement : refusing(statement);

const refusing = <Row>(statement: Statement<Row>): Statement<Row> => ({
  compile: (compiler) => {
    const compiled = statement.compile(compiler);
    for (const value of compiled.parameters)
      if (isMarked(value)) throw invalidField('', 'not_allowed', name_mark_refused);
    return compiled;
  },
});

const isMarked = (value: unknown): boolean =>
  typeof value === 'string' ? hasNameMark(value) : Array.isArray(value) && value.some(isMarked);
