import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { RawBuilder } from 'kysely';
import { scopeOf } from '../../kernel/access/rights.ts';
import type { FieldMeta, LabelledValue } from '../../kernel/contract/fields.ts';
import { maskOf } from '../../kernel/contract/mask.ts';
import { type Resource, resourceOfTable } from '../../kernel/contract/resource.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import { name_mark } from '../../kernel/database/name-mark.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { openNamesIn } from '../../kernel/resource/composite-names.ts';
import { closedMark, isSealedText, openPersonal, openTexts } from '../../kernel/resource/personal.ts';
import { openedValues, sealedFields } from '../../kernel/resource/sealed.ts';
import { type Actor, type Context, type Origin, withContext } from '../../kernel/tenancy/context.ts';
import { neutraliseFormula, parseCellList, writeCellList, writeLabelledItem } from '../csv/index.ts';
import type { ExportColumn } from './column.ts';

const rows_per_batch = 500;

/** Sealed values leave in the clear only for who may reveal them, and says why. */
export function refuseUnlessRevealing({ rights }: Actor, reason: string | null): void {
  if (reason !== null && scopeOf(rights, 'reveal', 'read') === 'none') throw problems.forbidden();
}

interface Opening {
  db: Database;
  actor: Actor;
  resource: Resource;
  columns: readonly ExportColumn[];
  /** Why values are to be in the clear; null: masks stand in their place. */
  reason: string | null;
  origin?: Origin | undefined;
}

interface Cell {
  at: number;
  column: string;
}

/** How a sealed value comes from the database: the id of its record, a space, and the envelope in hexadecimal. */
export const sealedCell = (column: string) => sql`r.id || ' ' || encode(${sql.ref(`r.${column}`)}, 'hex')`;

/** How a sealed personal text comes: as it is stored, a space, and the id of its record. */
export const sealedTextCell = (text: RawBuilder<unknown>) => sql`${text} || ' ' || r.id`;

/** Whether the cells of a column are looked at here, between the database and the file. */
export const isOpenedOnItsWay = ({ sealed, personal, isRecord, namesPeople }: ExportColumn): boolean =>
  sealed !== undefined || personal !== undefined || isRecord === true || namesPeople === true;

/**
 * The lines of an export with its sealed values opened, or masks in their place. What leaves in the clear is in the
 * trail before it leaves.
 */
export function openingSealed(opening: Opening): (rows: AsyncIterable<Buffer>) => AsyncGenerator<string> {
  const cells = opening.columns.flatMap(({ sealed }, at): Cell[] =>
    sealed === undefined ? [] : [{ at, column: sealed }],
  );
  return async function* (rows) {
    let batch: string[][] = [];
    for await (const line of lines(rows)) {
      batch.push(line);
      if (batch.length < rows_per_batch) continue;
      yield await openBatch(opening, cells, batch);
      batch = [];
    }
    if (batch.length > 0) yield await openBatch(opening, cells, batch);
  };
}

/** Whoever reads them is told of an error by the last of the streams. */
const lines = (rows: AsyncIterable<Buffer>): AsyncIterable<string[]> =>
  pipeline(Readable.from(rows), parse({ relax_column_count: true }), () => undefined);

async function openBatch(opening: Opening, cells: readonly Cell[], batch: string[][]): Promise<string> {
  const { db, actor, resource, reason, origin } = opening;
  const records = batch.flatMap((line) => {
    const given = cells.flatMap(({ at, column }) => (line[at] ? [[column, line[at]] as const] : []));
    if (given.length === 0) return [];
    const values = given.map(
      ([column, text]) => [column, Buffer.from(text.slice(text.indexOf(' ') + 1), 'hex')] as const,
    );
    return { line, row: { id: given[0]![1].split(' ')[0]!, ...Object.fromEntries(values) } as Record<string, unknown> };
  });
  await withContext(
    db,
    actor,
    async (ctx) => {
      await openPersonalCells(ctx, opening, batch);
      await openRecords(ctx, opening, batch);
      await openNameCells(ctx, opening, batch);
      const opened = await openedValues(ctx, resource, records.map(({ row }) => row)); // biome-ignore format: one call
      const lineOf = new Map(records.map(({ row, line }) => [row, line]));
      for (const value of opened) {
        const { row, column, text, mask, missing_key } = value;
        // A file of values is whole or not made: the job tries again, perhaps where the key is.
        if (reason !== null && missing_key !== undefined) throw problems.keyMissing(missing_key);
        const { at } = cells.find((cell) => cell.column === column)!;
        const shown =
          text === undefined ? closedMark(value) : reason === null ? maskOf(text, mask) : neutraliseFormula(text);
        lineOf.get(row)![at] = shown;
      }
      const disclosed = opened.filter(({ text }) => text !== undefined);
      if (reason !== null && disclosed.length > 0)
        await record(
          ctx,
          resource,
          disclosed.map(({ row, column }) => ({ id: row.id as string, field: column })),
          reason,
        );
    },
    origin,
  );
  return batch.map((line) => `${line.map(quoted).join(',')}\n`).join('');
}

/** Personal texts, which whoever may read their record sees in the clear. */
async function openPersonalCells(ctx: Context, { resource, columns }: Opening, batch: string[][]): Promise<void> {
  const { table } = resource;
  const found = columns.flatMap(({ personal }, at) =>
    batch.flatMap((line) => {
      const cell = line[at];
      if (personal === undefined || !isSealedText(cell)) return [];
      const { name: column, meta } = personal;
      const space = cell.lastIndexOf(' ');
      return { line, at, meta, text: cell.slice(0, space), table, column, row: cell.slice(space + 1) };
    }),
  );
  for (const [nth, opened] of (await openTexts(ctx, found)).entries()) {
    const { line, at, meta } = found[nth]!;
    line[at] = opened.text === undefined ? closedMark(opened) : neutraliseFormula(writtenText(meta, opened.text));
  }
}

/** Names of people: one, or several as a list in the cell. */
async function openNameCells(ctx: Context, { columns }: Opening, batch: string[][]): Promise<void> {
  const cells = columns.flatMap(({ namesPeople }, at) =>
    batch.flatMap((line) => {
      const cell = line[at];
      if (!namesPeople || !cell?.includes(name_mark)) return [];
      return { line, at, names: cell.startsWith(name_mark) ? [cell] : parseCellList(cell, ';') };
    }),
  );
  await openNamesIn(ctx, cells);
  for (const { line, at, names } of cells)
    line[at] = neutraliseFormula(names.length === 1 ? names[0]! : writeCellList(names));
}

/** A text as it stands in a cell; lists as the database writes them (columns.ts). */
function writtenText(meta: FieldMeta, text: string): string {
  if (meta.type === 'list') return writeCellList(JSON.parse(text) as string[]);
  if (meta.type === 'labelled') return writeCellList((JSON.parse(text) as LabelledValue[]).map(writeLabelledItem));
  return meta.type === 'addresses' ? jsonbText(JSON.parse(text)) : text;
}

/** A list of flat objects as PostgreSQL writes jsonb. */
function jsonbText(list: readonly object[]): string {
  const members = (item: object) =>
    Object.entries(item).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `[${list.map((item) => `{${members(item).join(', ')}}`).join(', ')}]`;
}

async function openRecords(ctx: Context, { resource, columns }: Opening, batch: string[][]): Promise<void> {
  for (const at of columns.keys()) {
    if (!columns[at]!.isRecord) continue;
    const records = batch.map((line) => JSON.parse(line[at]!) as Record<string, unknown>);
    await openPersonal(ctx, resource, records);
    for (const [nth, record] of records.entries()) batch[nth]![at] = JSON.stringify(record);
  }
}

/** Says of each value that leaves whose it is; of a person's, of the person, as revealing does. */
async function record(
  ctx: Context,
  resource: Resource,
  disclosed: readonly { id: string; field: string }[],
  reason: string,
): Promise<void> {
  const fields = sealedFields(resource);
  for (const [keyOf, some] of Map.groupBy(disclosed, ({ field }) => fields.get(field)!.keyOf)) {
    const person = resourceOfTable(resource.meta.get(keyOf ?? '')?.table);
    const subject = person ? sql.ref(`r.${keyOf}`) : sql`null::uuid`;
    await ctx.tx.run(sql`select app.record_event('export', case when ${subject} is null then ${resource.name}
      else ${person?.name ?? null} end,
        coalesce(${subject}, r.id), null, jsonb_build_object('type', ${resource.name}::text, 'id', r.id, 'field', d.field, 'reason',
          ${reason}::text))
      from jsonb_to_recordset(${JSON.stringify(some)}::jsonb) as d (id uuid, field text)
      join ${sql.table(resource.table)} r on r.tenant_id = ${ctx.tenant_id} and r.id = d.id`);
  }
}

const quoted = (cell: string): string => (/[",\r\n]|^ | $/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
