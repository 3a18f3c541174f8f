import type pg from 'pg';
import { damaged_value, type FieldMeta } from '../../kernel/contract/fields.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import {
  type EventValues,
  isSealedText,
  keyIdOfText,
  keyIdRange,
  markSql,
  openTexts,
  type PlacedText,
  sealableFields,
  sealTexts,
  textOfValue,
  valueOfText,
  valueShowing,
} from '../../kernel/resource/personal.ts';
import { parameterOf } from '../../kernel/resource/store.ts';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { Stop } from '../key-rotation/secrets.ts';
import { sealableResources, sealableTexts, sealedHistory, unsealedHistory } from './history.ts';

const first_id = '00000000-0000-0000-0000-000000000000';
const records_max = 200;
const events_max = 1_000;

/** Somebody turned the switch the other way meanwhile: the workspace is left to the job of that way. */
export class SwitchTurned extends Error {}

export interface Converted {
  /** How many texts had another form, and have this one now. */
  converted: number;
  /** Tables with texts that do not open, which stay as they are. */
  closed: string[];
}

export const sumOf = (parts: readonly Converted[]): Converted => ({
  converted: parts.reduce((sum, { converted }) => sum + converted, 0),
  closed: [...new Set(parts.flatMap(({ closed }) => closed))].sort(),
});

const outcomeOf = (wrong: readonly Wrong[], right: readonly (string | undefined)[]): Converted => ({
  converted: right.filter((text) => text !== undefined).length,
  closed: wrong.flatMap(({ at, table }, place) => (right[place] === undefined ? (at ? 'record_history' : table) : [])),
});

/** The form that stored texts are to have. */
export type Form = 'sealed' | 'open';

export interface Conversion {
  /** Sees all workspaces, and writes past the audit: nothing that it writes says anything else than before. */
  client: pg.Client;
  db: Database;
  tenant_id: string;
  to: Form;
  /** Of a text that is damaged for good, what is shown in its place takes its place. */
  givesUp?: boolean;
  signal?: Stop | undefined;
}

/** A value of a record or of its history that has the other form. */
interface Wrong extends PlacedText {
  meta: FieldMeta;
  /** Of history: its number in the trail, and the side. */
  at?: { seq: string; side: 'before' | 'after' };
}

/** Of a row: what says that somebody changed it since it was read. */
interface RecordRow extends Record<string, unknown> {
  id: string;
  xmin: string;
}

/**
 * Gives the texts of all records the form, each with its history in one transaction, so that undo finds both alike.
 * It may end anywhere and be called again.
 */
export async function convertRecords(conversion: Conversion): Promise<Converted> {
  const batches: Batch[] = [];
  for (const resource of sealableResources())
    for (let after: string | null = first_id; after !== null; ) {
      const batch: Batch = await convertSome(conversion, resource, after);
      batches.push(batch);
      after = batch.last;
    }
  return sumOf(batches);
}

interface Batch extends Converted {
  /** The id up to which it came; null where no rows are left. */
  last: string | null;
}

async function convertSome(conversion: Conversion, resource: Resource, after: string): Promise<Batch> {
  conversion.signal?.throwIfAborted();
  const fields = sealableFields(resource);
  const read = await withContext(conversion.db, systemActor(conversion.tenant_id), async (ctx) => {
    const replaced = await replacedKeys(ctx, conversion.to);
    const rows = await readRecords(ctx, resource, { replaced, after, to: conversion.to });
    const ids = rows.map(({ id }) => id);
    const history = ids.length === 0 ? [] : await readHistoryOf(ctx, resource, ids);
    const wrong = [
      ...rows.flatMap((row) => wrongIn(row, { fields, resource, row: row.id, to: conversion.to, replaced })),
      ...history.flatMap((event) => wrongInEvent(event, resource, conversion.to, replaced)),
    ];
    return { rows, wrong, right: await convert(ctx, wrong, conversion) };
  });
  const { rows, wrong, right } = read;
  if (rows.length === 0) return { converted: 0, closed: [], last: null };
  await keepingContent(conversion, async (client) => {
    const { tenant_id, to } = conversion;
    await writeRecords(client, tenant_id, resource, { rows, wrong, right });
    await writeHistory(client, tenant_id, wrong, right);
    const ids = rows.map(({ id }) => id);
    if (to === 'open')
      await client.query('select app.learn_opened($1, $2, $3::uuid[])', [tenant_id, resource.name, ids]);
  });
  return { ...outcomeOf(wrong, right), last: rows.at(-1)!.id };
}

/** Data keys that were replaced: what they sealed is sealed anew. */
export async function replacedKeys(ctx: Context, to: Form): Promise<string[]> {
  if (to === 'open') return [];
  const rows = await ctx.tx.many<{ id: string }>(sql`select id from data_key
    where tenant_id = ${ctx.tenant_id} and kind = 'data' and subject_id is null and replaced_at is not null`);
  return rows.map(({ id }) => id);
}

const readRecords = (
  ctx: Context,
  resource: Resource,
  { replaced, after, to }: { replaced: readonly string[]; after: string; to: Form },
): Promise<RecordRow[]> => {
  const fields = sealableFields(resource).map((name) => sql.ref(`r.${name}`));
  const texts = sealableTexts(resource).map((text) => sql.raw(text));
  const isWrong = (text: (typeof texts)[number]) =>
    to === 'open'
      ? sql`starts_with(${text}, ${markSql})`
      : sql`(not starts_with(${text}, ${markSql}) or substring(${text} ${sql.raw(keyIdRange)}) = any (${replaced}))`;
  return ctx.tx.many(sql`select r.id, r.xmin::text as xmin, ${sql.join(fields)} from ${sql.table(resource.table)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id > ${after}::uuid and (${sql.join(texts.map(isWrong), sql` or `)})
    order by r.id limit ${records_max}`);
};

type HistoryRow = EventValues & { seq: string; record_id: string };

const readHistoryOf = (ctx: Context, resource: Resource, ids: readonly string[]): Promise<HistoryRow[]> =>
  ctx.tx.many(sql`select h.seq::text as seq, h.resource, h.record_id, h.before, h.after from audit_event e
    join record_history h on h.tenant_id = e.tenant_id and h.seq = e.seq
    where e.tenant_id = ${ctx.tenant_id} and e.record_id = any (${ids}::uuid[]) and e.resource = ${resource.name}`);

interface Looked {
  fields: readonly string[];
  resource: Resource;
  row: string;
  to: Form;
  replaced: readonly string[];
}

const wrongIn = (values: Record<string, unknown>, { fields, resource, row, to, replaced }: Looked): Wrong[] =>
  fields.flatMap((column) => {
    const meta = resource.meta.get(column)!;
    const text = textOfValue(meta, values[column]);
    if (text === undefined || hasForm(text, to, replaced)) return [];
    return { text, table: resource.table, column, row, meta };
  });

const hasForm = (text: string, to: Form, replaced: readonly string[]): boolean =>
  to === 'open' ? !isSealedText(text) : isSealedText(text) && !replaced.includes(keyIdOfText(text));

const wrongInEvent = (event: HistoryRow, resource: Resource, to: Form, replaced: readonly string[]): Wrong[] =>
  (['before', 'after'] as const).flatMap((side) => {
    const values = event[side];
    const looked = { fields: sealableFields(resource), resource, row: event.record_id, to, replaced };
    return values ? wrongIn(values, looked).map((one) => ({ ...one, at: { seq: event.seq, side } })) : [];
  });

/** The texts in the form; undefined for one that does not open, which stays as it is and is reported. */
async function convert(
  ctx: Context,
  wrong: readonly Wrong[],
  { to, givesUp = false }: Conversion,
): Promise<(string | undefined)[]> {
  const closed = wrong.filter(({ text }) => isSealedText(text));
  const opened = new Map<Wrong, string | undefined>();
  for (const [at, { text, missing_key }] of (await openTexts(ctx, closed)).entries()) {
    const isGivenUp = givesUp && missing_key === undefined;
    const { meta } = closed[at]!;
    opened.set(closed[at]!, text ?? (isGivenUp ? textOfValue(meta, valueShowing(meta, damaged_value)) : undefined));
  }
  const plain = wrong.map((one) => (isSealedText(one.text) ? opened.get(one) : one.text));
  if (to === 'open') return plain;
  const found = wrong.flatMap((one, at) => (plain[at] === undefined ? [] : { ...one, text: plain[at] }));
  const sealed = await sealTexts(ctx, found);
  return plain.map((text) => (text === undefined ? undefined : sealed.shift()));
}

/**
 * A transaction whose updates leave no event, and no other version: neither people nor pages have anything to see. The
 * switch cannot be turned before it ends; where that happened already, it throws `SwitchTurned`.
 */
export async function keepingContent(
  { client, tenant_id, to, signal }: Conversion,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  signal?.throwIfAborted();
  await client.query('begin');
  try {
    await client.query(
      `select set_config('app.tenant_id', $1, true), set_config('app.rights', '*', true), set_config('app.actor_kind', 'system', true),
        set_config('app.keeping_content', 'on', true)`,
      [tenant_id],
    );
    const { rowCount } = await client.query(
      'select from public.tenant where id = $1 and personal_sealing = any ($2) for share',
      [tenant_id, to === 'sealed' ? ['sealing', 'on'] : ['opening']],
    );
    if (rowCount === 0) throw new SwitchTurned();
    await work(client);
    signal?.throwIfAborted();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

interface Found {
  rows: readonly RecordRow[];
  wrong: readonly Wrong[];
  right: readonly (string | undefined)[];
}

/** A row that somebody changed since it was read is left to the next pass. */
async function writeRecords(
  client: pg.Client,
  tenant_id: string,
  resource: Resource,
  { rows, wrong, right }: Found,
): Promise<void> {
  for (const { id, xmin } of rows) {
    const own = wrong.flatMap(({ at, row, column, meta }, place) =>
      !at && row === id && right[place] !== undefined ? { column, value: valueOfText(meta, right[place]) } : [],
    );
    if (own.length === 0) continue;
    const set = own.map(({ column }, at) => `${column} = $${at + 4}`).join(', ');
    await client.query(
      `update public.${resource.table} set ${set} where tenant_id = $1 and id = $2 and xmin = $3::text::xid`,
      [tenant_id, id, xmin, ...own.map(({ column, value }) => parameterOf(resource, column, value))],
    );
  }
}

async function writeHistory(
  client: pg.Client,
  tenant_id: string,
  wrong: readonly Wrong[],
  right: readonly (string | undefined)[],
): Promise<void> {
  const changed = new Map<string, { seq: string; before: Record<string, unknown>; after: Record<string, unknown> }>();
  for (const [place, { at, column, meta }] of wrong.entries()) {
    const text = right[place];
    if (!at || text === undefined) continue;
    const row = changed.get(at.seq) ?? { seq: at.seq, before: {}, after: {} };
    row[at.side][column] = valueOfText(meta, text);
    changed.set(at.seq, row);
  }
  if (changed.size === 0) return;
  await client.query(
    `update public.record_history h set before = h.before || w.before, after = h.after || w.after
     from jsonb_to_recordset($2::jsonb) as w (seq bigint, before jsonb, after jsonb)
     where h.tenant_id = $1 and h.seq = w.seq and h.seq = any ($3::bigint[])`,
    [tenant_id, JSON.stringify([...changed.values()]), [...changed.keys()]],
  );
}

/** Gives the form to the history of records that are gone, and to what else of history has another one. */
export async function convertHistory(conversion: Conversion): Promise<Converted> {
  const batches: Converted[] = [];
  for (let after: string | null = '-1'; after !== null; ) {
    const batch: Batch = await convertEvents(conversion, after);
    batches.push(batch);
    after = batch.last;
  }
  return sumOf(batches);
}

async function convertEvents(conversion: Conversion, after: string): Promise<Batch> {
  const { client, db, tenant_id, to, signal } = conversion;
  signal?.throwIfAborted();
  const resources = new Map(sealableResources().map((resource) => [resource.name, resource]));
  const read = await withContext(db, systemActor(tenant_id), async (ctx) => {
    const replaced = await replacedKeys(ctx, to);
    const { rows } = await client.query<HistoryRow>(
      `select h.seq::text, h.resource, h.record_id, h.before, h.after from public.record_history h
       where h.tenant_id = $1 and h.seq > $2 and h.record_id is not null and (${to === 'open' ? sealedHistory() : unsealedHistory('$3')})
       order by h.seq limit ${events_max}`,
      to === 'open' ? [tenant_id, after] : [tenant_id, after, replaced],
    );
    const wrong = rows.flatMap((event) => wrongInEvent(event, resources.get(event.resource)!, to, replaced));
    return { rows, wrong, right: await convert(ctx, wrong, conversion) };
  });
  const { rows, wrong, right } = read;
  if (rows.length === 0) return { converted: 0, closed: [], last: null };
  await keepingContent(conversion, (own) => writeHistory(own, tenant_id, wrong, right));
  return { ...outcomeOf(wrong, right), last: rows.length < events_max ? null : rows.at(-1)!.seq };
}
