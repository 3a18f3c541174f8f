import { sql } from '../../../kernel/database/database.ts';
import { markSql, mayHaveSealed } from '../../../kernel/resource/personal.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Model, packNumbers, type TermStatistics, unpackNumbers } from './model.ts';
import { type Source, sources, type WrittenText } from './passages.ts';

export interface ModelRow {
  id: string;
  documents: number;
  average_length: number;
  dimensions: number;
  cells: Uint8Array | null;
  started_at: string;
  /** The model of an endpoint that gave the vectors; null: they are learnt here. */
  vector_model: string | null;
}

const columns = sql.raw('id, documents, average_length, dimensions, cells, started_at, vector_model');

/** The model by which texts are found now. */
export const servingModel = (ctx: Context): Promise<ModelRow | undefined> =>
  ctx.tx.maybe(sql`select ${columns} from meaning_model where tenant_id = ${ctx.tenant_id} and state = 'serving'`);

export const modelsInMaking = (ctx: Context): Promise<ModelRow[]> =>
  ctx.tx.many(sql`select ${columns} from meaning_model where tenant_id = ${ctx.tenant_id} and state = 'training'`);

const titles = { note: sql`null::text`, activity: sql`subject`, mail_message: sql`subject` };

const first_id = '00000000-0000-0000-0000-000000000000';
const body_max = 200_000;

/** Each kind of text has a table of its name. A record of which a text is sealed is passed over. */
const textsFrom = (resource: Source) =>
  sql`select ${sql.lit(resource)} as resource, id, ${titles[resource]} as title, left(body, ${sql.lit(body_max)}) as body
    from ${sql.table(resource)} where ${isOpen(resource)}`;

const isOpen = (resource: Source) =>
  sql`starts_with(${titles[resource]}, ${markSql}) is not true and starts_with(body, ${markSql}) is not true`;

/** The next texts of a kind, by their ids; only those not in the trash. */
export const nextTexts = (
  ctx: Context,
  resource: Source,
  after: string | null,
  rows_max: number,
): Promise<WrittenText[]> =>
  ctx.tx.many(sql`${textsFrom(resource)} and tenant_id = ${ctx.tenant_id} and id > ${after ?? first_id}::uuid and deleted_at is null
    order by id limit ${rows_max}`);

export const textsById = (ctx: Context, resource: Source, ids: readonly string[]): Promise<WrittenText[]> =>
  ctx.tx.many(
    sql`${textsFrom(resource)} and tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[]) and deleted_at is null`,
  );

/** The texts that have changed since a model was begun, which it may not have seen. */
export const changedSince = async (
  ctx: Context,
  resource: Source,
  since: string,
  rows_max: number,
): Promise<string[]> => {
  const rows = await ctx.tx.many<{ id: string }>(sql`select id from ${sql.table(resource)}
    where tenant_id = ${ctx.tenant_id} and updated_at >= ${since}::timestamptz - interval '1 minute' limit ${rows_max}`);
  return rows.map(({ id }) => id);
};

/** How many texts there are, as far as is asked. */
export async function countTexts(ctx: Context, rows_max: number): Promise<number> {
  let count = 0;
  for (const resource of sources) {
    const { n } = await ctx.tx.one<{ n: number }>(sql`select count(*)::int as n from (select from ${sql.table(resource)}
      where tenant_id = ${ctx.tenant_id} and deleted_at is null and ${isOpen(resource)} limit ${rows_max}) r`);
    count += n;
  }
  return count;
}

export const countPassages = async (ctx: Context, model: string): Promise<number> => {
  const { n } = await ctx.tx.one<{ n: number }>(sql`select count(*)::int as n from meaning_passage
    where tenant_id = ${ctx.tenant_id} and model_id = ${model}`);
  return n;
};

export async function insertModel(
  ctx: Context,
  model: Model,
  { cells, started_at, vector_model }: { cells: Float32Array | null } & Pick<ModelRow, 'started_at' | 'vector_model'>,
): Promise<string> {
  const { id } = await ctx.tx.one<{
    id: string;
  }>(sql`insert into meaning_model (tenant_id, documents, average_length, dimensions, cells, started_at,
      vector_model)
    values (${ctx.tenant_id}, ${model.documents}, ${model.average_length}, ${Math.max(model.dimensions, 1)},
      ${cells && packNumbers(cells)}, ${started_at}, ${vector_model})
    returning id`);
  return id;
}

export async function insertTerms(
  ctx: Context,
  model: string,
  terms: readonly (readonly [number, TermStatistics])[],
): Promise<void> {
  const vectors = terms.map(([, { vector }]) => vector && packNumbers(vector).toString('hex'));
  await ctx.tx.run(sql`insert into meaning_term (tenant_id, model_id, word, documents, vector)
    select ${ctx.tenant_id}, ${model}::uuid, t.word, t.documents, decode(t.vector, 'hex')
    from unnest(${terms.map(([word]) => word)}::int[], ${terms.map(([, { documents }]) => documents)}::int[], ${vectors}::text[]) t (word,
      documents, vector)`);
}

/** In place of how often words occurred. */
export async function replaceStatistics(
  ctx: Context,
  { id }: ModelRow,
  { documents, average_length }: Model,
): Promise<void> {
  await ctx.tx.run(sql`delete from meaning_term where tenant_id = ${ctx.tenant_id} and model_id = ${id}`);
  await ctx.tx.run(sql`update meaning_model set documents = ${documents}, average_length = ${average_length}
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

/** Of these texts those that have vectors by a model. */
export async function embeddedOf(ctx: Context, model: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await ctx.tx.many<{ record_id: string }>(sql`select distinct record_id from meaning_passage
    where tenant_id = ${ctx.tenant_id} and model_id = ${model} and record_id = any (${ids}::uuid[]) and vector <> ''`);
  return new Set(rows.map(({ record_id }) => record_id));
}

export const countEmbedded = async (ctx: Context, model: string): Promise<number> => {
  const { n } = await ctx.tx.one<{ n: number }>(sql`select count(distinct record_id)::int as n from meaning_passage
    where tenant_id = ${ctx.tenant_id} and model_id = ${model} and vector <> ''`);
  return n;
};

/** Texts with a passage that an endpoint has not given a vector for. */
export const unembedded = (
  ctx: Context,
  model: string,
  rows_max: number,
): Promise<{ resource: Source; record_id: string }[]> =>
  ctx.tx.many(sql`select distinct resource, record_id from meaning_passage
    where tenant_id = ${ctx.tenant_id} and model_id = ${model} and vector = '' limit ${rows_max}`);

/** How many texts there are, and how many bytes of each have passages. */
export async function sizeOfTexts(ctx: Context, bytes_max: number): Promise<{ texts: number; bytes: number }> {
  const all = { texts: 0, bytes: 0 };
  for (const resource of sources) {
    const { texts, bytes } = await ctx.tx.one<{ texts: number; bytes: number }>(sql`select count(*)::int as texts,
        coalesce(sum(least(octet_length(body), ${bytes_max})), 0)::float8 as bytes
      from ${sql.table(resource)} where tenant_id = ${ctx.tenant_id} and deleted_at is null and ${isOpen(resource)}`);
    all.texts += texts;
    all.bytes += bytes;
  }
  return all;
}

interface StoredVector {
  id: string;
  vector: Uint8Array;
}

/** About one in so many passages. */
export const sampleVectors = (ctx: Context, model: string, step: number, rows_max: number): Promise<StoredVector[]> =>
  ctx.tx.many(sql`select id, vector from meaning_passage
    where tenant_id = ${ctx.tenant_id} and model_id = ${model} and hashtext(id::text) % ${step} = 0 and vector <> ''
    limit ${rows_max}`);

export const nextVectors = (
  ctx: Context,
  model: string,
  after: string | null,
  rows_max: number,
): Promise<StoredVector[]> =>
  ctx.tx.many(sql`select id, vector from meaning_passage
    where tenant_id = ${ctx.tenant_id} and model_id = ${model} and id > ${after ?? first_id}::uuid and vector <> ''
    order by id limit ${rows_max}`);

export const putInCells = (ctx: Context, ids: readonly string[], cells: readonly number[]): Promise<number> =>
  ctx.tx.run(sql`update meaning_passage p set cell = c.cell from unnest(${ids}::uuid[], ${cells}::int[]) c (id, cell)
    where p.tenant_id = ${ctx.tenant_id} and p.id = c.id`);

export const putCells = (ctx: Context, model: string, cells: Float32Array): Promise<number> =>
  ctx.tx.run(sql`update meaning_model set cells = ${packNumbers(cells)}
    where tenant_id = ${ctx.tenant_id} and id = ${model}`);

/** Whether texts wait to be embedded. */
export const isEmbeddingWaiting = async (ctx: Context, kind: string): Promise<boolean> =>
  (await ctx.tx.maybe(sql`select from job where tenant_id = ${ctx.tenant_id} and kind = ${kind}
    and state in ('scheduled', 'ready') limit 1`)) !== undefined;

/** What the model knows of these words. */
export async function termsOf(
  ctx: Context,
  model: string,
  words: readonly number[],
): Promise<Map<number, TermStatistics>> {
  const rows = await ctx.tx.many<{
    word: number;
    documents: number;
    vector: Uint8Array | null;
  }>(sql`select word, documents, vector from meaning_term
    where tenant_id = ${ctx.tenant_id} and model_id = ${model} and word = any (${words}::int[])`);
  return new Map(
    rows.map(({ word, documents, vector }) => [word, { documents, vector: vector && unpackNumbers(vector) }]),
  );
}

export interface PassageRow {
  resource: Source;
  record_id: string;
  starts_at: number;
  ends_at: number;
  size: number;
  cell: number;
  signature: string;
  vector: Buffer;
  words: number[];
  counts: Buffer;
}

/** What passages that have vectors by a model were made of. */
export const storedPassages = (
  ctx: Context,
  model: string,
  ids: readonly string[],
): Promise<Pick<PassageRow, 'record_id' | 'starts_at' | 'ends_at' | 'words' | 'counts'>[]> =>
  ctx.tx.many(sql`select record_id, starts_at, ends_at, words, counts from meaning_passage
    where tenant_id = ${ctx.tenant_id} and model_id = ${model} and record_id = any (${ids}::uuid[]) and vector <> ''
    order by starts_at`);

/** Passages of texts that nobody sealed since they were read; they are locked, so that nobody does before the end. */
async function stillOpen(ctx: Context, rows: readonly PassageRow[]): Promise<readonly PassageRow[]> {
  if (rows.length === 0 || !(await mayHaveSealed(ctx))) return rows;
  const open = new Set<string>();
  for (const [resource, some] of Map.groupBy(rows, (row) => row.resource)) {
    const ids = [...new Set(some.map(({ record_id }) => record_id))];
    const found = await ctx.tx.many<{ id: string }>(sql`select id from ${sql.table(resource)}
      where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[]) and ${isOpen(resource)} order by id for share`);
    for (const { id } of found) open.add(id);
  }
  return rows.filter(({ record_id }) => open.has(record_id));
}

/** In place of the passages that these texts had by this model. */
export async function replacePassages(
  ctx: Context,
  model: string,
  ids: readonly string[],
  made: readonly PassageRow[],
): Promise<void> {
  const rows = await stillOpen(ctx, made);
  await ctx.tx.run(
    sql`delete from meaning_passage where tenant_id = ${ctx.tenant_id} and model_id = ${model} and record_id = any (${ids}::uuid[])`,
  );
  if (rows.length === 0) return;
  const json = rows.map(({ vector, counts, words, ...row }) => ({
    ...row,
    words: `{${words.join(',')}}`,
    vector: vector.toString('hex'),
    counts: counts.toString('hex'),
  }));
  await ctx.tx.run(sql`insert into meaning_passage (tenant_id, model_id, resource, record_id, starts_at, ends_at, size, cell, signature,
    vector, words, counts)
    select ${ctx.tenant_id}, ${model}::uuid, p.resource, p.record_id, p.starts_at, p.ends_at, p.size, p.cell, p.signature::bit(256),
      decode(p.vector, 'hex'), p.words::int[], decode(p.counts, 'hex')
    from jsonb_to_recordset(${JSON.stringify(json)}) p (resource text, record_id uuid, starts_at int, ends_at int, size int, cell int,
      signature text, vector text,
      words text, counts text)`);
}

/**
 * From here on texts are found by this model, and the one before by none. False where it is no longer in the making:
 * another run took this one for lost, and makes a model of its own.
 */
export async function serve(ctx: Context, model: string): Promise<boolean> {
  const making = await ctx.tx.maybe(
    sql`select from meaning_model where tenant_id = ${ctx.tenant_id} and id = ${model} and state = 'training' for update`,
  );
  if (!making) return false;
  await ctx.tx.run(
    sql`update meaning_model set state = 'retired' where tenant_id = ${ctx.tenant_id} and state = 'serving'`,
  );
  await ctx.tx.run(
    sql`update meaning_model set state = 'serving', created_at = now() where tenant_id = ${ctx.tenant_id} and id = ${model}`,
  );
  return true;
}

export const retire = (ctx: Context, model: string): Promise<number> =>
  ctx.tx.run(sql`update meaning_model set state = 'retired' where tenant_id = ${ctx.tenant_id} and id = ${model}`);

/**
 * Forgets what was counted of the words of all texts, once some are sealed. A model that was learnt of them is over;
 * vectors of an endpoint stay, and its words are counted again.
 */
export async function forgetWords(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`delete from meaning_term where tenant_id = ${ctx.tenant_id}`);
  await ctx.tx.run(sql`update meaning_model set documents = 0, state = case when vector_model is null then 'retired' else state end
    where tenant_id = ${ctx.tenant_id}`);
}

/** Deletes a part of what models that are over have left. Returns whether there may be more. */
export async function forgetRetired(ctx: Context, rows_max: number): Promise<boolean> {
  // As an array: of a table just filled nothing is known, and a join would look for the retired ones again for each
  // passage.
  const passages =
    await ctx.tx.run(sql`delete from meaning_passage where tenant_id = ${ctx.tenant_id} and id = any (array(
    select p.id from meaning_model m join meaning_passage p on p.tenant_id = m.tenant_id and p.model_id = m.id
    where m.tenant_id = ${ctx.tenant_id} and m.state = 'retired' limit ${rows_max}))`);
  if (passages === rows_max) return true;
  await ctx.tx.run(sql`delete from meaning_model where tenant_id = ${ctx.tenant_id} and state = 'retired'`);
  return false;
}

export interface Reach {
  wide: string[];
  listed: string[];
}

export const reachOf = (ctx: Context): Promise<Reach> => ctx.tx.one(sql`select * from app.meaning_reach()`);

export interface AskedWord {
  word: number;
  documents: number;
  vector: Uint8Array | null;
  passages: string[];
}

export const askedWords = (
  ctx: Context,
  model: string,
  words: readonly number[],
  { wide, listed }: Reach,
): Promise<AskedWord[]> =>
  ctx.tx.many(sql`select * from app.meaning_words(${model}, ${words}::int[], ${wide}::text[], ${listed}::uuid[])`);

/** Those of the words that stand in some passage that the caller reads. */
export async function wordsRead(ctx: Context, words: readonly AskedWord[]): Promise<Set<number>> {
  const samples = words.map(({ word, passages }) => ({ word, passages }));
  const rows = await ctx.tx.many<{
    word: number;
  }>(sql`select s.word from jsonb_to_recordset(${JSON.stringify(samples)}) s (word int, passages uuid[])
    where exists (select from unnest(s.passages) u (id) join meaning_passage p on p.tenant_id = ${ctx.tenant_id} and p.id = u.id)`);
  return new Set(rows.map(({ word }) => word));
}

export interface Candidate {
  id: string;
  size: number;
  vector: Uint8Array;
  counts: number[];
}

export const candidates = (
  ctx: Context,
  model: string,
  {
    words,
    signature,
    cells,
    reach,
    rows_max,
  }: { words: readonly number[]; signature: string | null; cells: number[] | null; reach: Reach; rows_max: number },
): Promise<Candidate[]> =>
  ctx.tx.many(sql`select * from app.meaning_candidates(${model}, ${words}::int[], ${signature}::bit(256), ${cells}::int[],
    ${reach.wide}::text[],
    ${reach.listed}::uuid[], ${rows_max})`);

export interface FoundPassage {
  id: string;
  resource: Source;
  record_id: string;
  starts_at: number;
  ends_at: number;
  title: string | null;
  body: string | null;
  at: string;
  records: string[];
}

/** Those of these passages that the caller reads, with their texts: the policies of both tables decide. */
export const readPassages = (
  ctx: Context,
  ids: readonly string[],
  hidden: readonly string[],
): Promise<FoundPassage[]> =>
  ctx.tx.many(sql`select p.id, p.resource, p.record_id, p.starts_at, p.ends_at, s.title, s.body, s.at, s.records
    from meaning_passage p cross join lateral (
      select null::text as title, n.body, n.created_at::timestamptz as at, n.records from note n
        where p.resource = 'note' and n.tenant_id = p.tenant_id and n.id = p.record_id and n.deleted_at is null
      union all select a.subject, a.body, a.occurred_at::timestamptz, a.records from activity a
        where p.resource = 'activity' and a.tenant_id = p.tenant_id and a.id = p.record_id and a.deleted_at is null
      union all select m.subject, m.body, m.occurred_at::timestamptz, m.records from mail_message m
        where p.resource = 'mail_message' and m.tenant_id = p.tenant_id and m.id = p.record_id and m.deleted_at is null) s
    where p.tenant_id = ${ctx.tenant_id} and p.id = any (${ids}::uuid[]) and p.resource <> all (${hidden}::text[])`);

export async function subjectsOf(
  ctx: Context,
  found: readonly { id: string; records: string[] }[],
): Promise<Map<string, { type: string; id: string; name: string } | null>> {
  const asked = JSON.stringify(found.map(({ id, records }) => ({ id, records })));
  const rows = await ctx.tx.many<{ id: string; subject: { type: string; id: string; name: string } | null }>(
    sql`select * from app.meaning_subjects(${asked}::jsonb)`,
  );
  return new Map(rows.map(({ id, subject }) => [id, subject]));
}
