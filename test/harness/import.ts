import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import pg from 'pg';
import type { ImportReport } from '../../src/platform/import/contract.ts';
import { type Answer, type Client, eventually } from './app.ts';

export type Upload = [name: string, content: string | Uint8Array];

export async function readUploads(folder: URL): Promise<Upload[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.csv'));
  return Promise.all(
    names.map(async (name): Promise<Upload> => [basename(name), await readFile(new URL(name, folder))]),
  );
}

export function upload(api: Client, files: Upload[]): Promise<Answer> {
  const form = new FormData();
  for (const [name, content] of files) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'text/csv' }), name);
  }
  return api('POST', '/api/v1/imports', form);
}

/** Starts a step of an import and waits until it has ended. */
export async function follow(
  api: Client,
  id: string,
  step: 'runs' | 'dry-runs' | 'reversal',
  ms = 180_000,
): Promise<ImportReport> {
  const started = await api('POST', `/api/v1/imports/${id}/${step}`);
  assert.equal(started.status, 202, JSON.stringify(started.body));
  return eventually(async () => {
    const { body } = await api('GET', `/api/v1/imports/${id}`);
    return !['running', 'dry_running', 'reverting'].includes(body.state) && body;
  }, ms);
}

/** Uploads files, runs the import, and returns it when it has ended. */
export async function importNow(
  api: Client,
  files: Upload[],
  change?: (made: ImportReport) => object,
): Promise<ImportReport> {
  const made = await upload(api, files);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  if (change) {
    const changed = await api('PATCH', `/api/v1/imports/${made.body.id}`, change(made.body));
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
  }
  return follow(api, made.body.id, 'runs');
}

/** The row counts of all tables, but for logs, partitions, keys, and tables that the background derives from others. */
export async function rowCounts(ownerUrl: string): Promise<Record<string, number>> {
  const told =
    /^(audit_event|record_history|change|job|schedule|file|import|export|session|idempotency_key|feed_|lifecycle_|process|certificate|storage_|duplicate_suspect|score_model|deal_score|notification|usage|data_key|workspace_key|meaning_)/;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relispartition`,
    );
    const counts: Record<string, number> = {};
    for (const { relname } of rows) {
      if (told.test(relname)) continue;
      counts[relname] = Number((await client.query(`select count(*) from public."${relname}"`)).rows[0].count);
    }
    return counts;
  } finally {
    await client.end();
  }
}
