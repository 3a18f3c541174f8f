import type pg from 'pg';
import { text_characters_max } from '../../platform/mention/contract.ts';
import { cleanHtml, labelsIn } from '../../platform/mention/index.ts';
import { refusal } from './archive.ts';

/** The tables with rich text, each in `body`. */
const tables = ['note', 'comment'] as const;

/**
 * Texts of these elements without attributes alone are as the API would write them, or harmless; most are, and need no
 * reading.
 */
const suspicious = '<(?!/?(p|br|h1|h2|h3|strong|b|em|i|u|s|code|pre|blockquote|ul|ol|li|hr) ?/?>)';
const texts_at_once = 100;

/**
 * Cleans the texts of notes and comments as the API does when they are written: whoever put an archive together may
 * have written anything into it. Copies of unclean texts go from the history, from which undo would bring them back.
 * What is mentioned keeps its label.
 */
export async function cleanTexts(client: pg.Client): Promise<void> {
  for (const table of tables) {
    await cleanRows(client, table);
    await forgetUnclean(client, table);
  }
}

const cleaned = (body: string): string => cleanHtml(body, labelsIn(body));

async function cleanRows(client: pg.Client, table: string): Promise<void> {
  for (let after: string | null = null; ; ) {
    const { rows }: pg.QueryResult<{ id: string; body: string }> = await client.query(
      `select id, body from ${table} where tenant_id = app.tenant_id() and body ~ $1 and ($2::uuid is null or id > $2)
       order by id limit ${texts_at_once}`,
      [suspicious, after],
    );
    const changed = rows.flatMap(({ id, body }) => {
      const clean = cleaned(body);
      if (clean.length > text_characters_max)
        throw refusal(`A text of tables/${table}.jsonl is too long once it is cleaned: ${id}.`);
      return clean === body ? [] : { id, body: clean || '<p></p>' };
    });
    if (changed.length > 0)
      await client.query(
        `update ${table} r set body = c.body from jsonb_to_recordset($1) as c (id uuid, body text)
         where r.tenant_id = app.tenant_id() and r.id = c.id`,
        [JSON.stringify(changed)],
      );
    if (rows.length < texts_at_once) return;
    after = rows.at(-1)!.id;
  }
}

/** Deletes copies of rows with a text that was unclean, those too that the cleaning left just now. */
async function forgetUnclean(client: pg.Client, table: string): Promise<void> {
  for (let after = '-1'; ; ) {
    const { rows }: pg.QueryResult<{ seq: string; before: string | null; after: string | null }> = await client.query(
      `select seq, before ->> 'body' as before, after ->> 'body' as after from record_history
       where tenant_id = app.tenant_id() and resource = $1 and seq > $2 and (before ->> 'body' ~ $3 or after ->> 'body' ~ $3)
       order by seq limit ${texts_at_once}`,
      [table, after, suspicious],
    );
    const unclean = rows.filter((row) =>
      [row.before, row.after].some((body) => body !== null && cleaned(body) !== body),
    );
    if (unclean.length > 0)
      await client.query('delete from record_history where tenant_id = app.tenant_id() and seq = any ($1)', [
        unclean.map(({ seq }) => seq),
      ]);
    if (rows.length < texts_at_once) return;
    after = rows.at(-1)!.seq;
  }
}
