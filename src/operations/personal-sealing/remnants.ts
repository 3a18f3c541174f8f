import type pg from 'pg';
import type { Stop } from '../key-rotation/secrets.ts';
import { sealableResources } from './history.ts';

/** Tables with copies of what stands in records and their history. */
const copies = [
  'idempotency_key',
  'webhook_delivery',
  'change',
  'import',
  'import_file',
  'import_problem',
  'import_row',
  'import_outcome',
  'meaning_passage',
  'meaning_term',
  'meaning_model',
  'language_model_answer',
];

/** Rewriting keeps everybody from a table: one of this size takes about a second. */
const bytes_max = 64 * 1024 ** 2;
/** The same of one with an index of words or parts, which is by far the most of it. */
const indexed_bytes_max = 8 * 1024 ** 2;
const lock_ms_max = 1_000;
const tries = 10;

/** Held by somebody else, or cancelled for them. */
const isBusy = (error: unknown): boolean =>
  ['55P03', '40P01', '57014'].includes((error as { code?: string }).code ?? '');

/**
 * A text that was replaced stays in the file of its table, where nothing reads it, until its place is needed. So tables
 * are written anew, which also forgets their statistics. Answers which were too large or too busy for that.
 */
export async function rewriteTables(client: pg.Client, signal?: Stop): Promise<string[]> {
  const remnants: string[] = [];
  const tables = new Set([...sealableResources().map(({ table }) => table), 'record_history', ...copies]);
  // Only the owner of a table may.
  await client.query('reset role');
  try {
    await client.query(`set lock_timeout = '${lock_ms_max}ms'`);
    for (const table of tables) {
      signal?.throwIfAborted();
      if (!(await rewrite(client, table))) remnants.push(table);
    }
  } finally {
    await client.query('reset lock_timeout; set role holdfast_system');
  }
  return remnants;
}

async function rewrite(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ bytes: string; has_gin: boolean }>(
    `select pg_total_relation_size($1::regclass)::text as bytes, exists (select from pg_index i
       join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
       where i.indrelid = $1::regclass and m.amname = 'gin') as has_gin`,
    [`public.${table}`],
  );
  const { bytes, has_gin } = rows[0]!;
  const isSmall = Number(bytes) <= (has_gin ? indexed_bytes_max : bytes_max);
  for (let at = 0; at < tries; at++)
    try {
      await client.query(`vacuum (${isSmall ? 'full, ' : ''}analyze) public.${table}`);
      return isSmall;
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  return false;
}
