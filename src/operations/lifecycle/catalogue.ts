import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { fileKey, type StoredFile } from '../../kernel/files/file-store.ts';
import { system_tenant_id } from '../../kernel/tenancy/context.ts';
import type { Content } from './archive-file.ts';

export type Source = 'audit_event' | 'record_history';

export interface Period {
  source: Source;
  of_tenant: string | null;
  first_at: Date;
  end_at: Date;
}

export interface Archive extends Period {
  id: string;
  state: 'writing' | 'verified' | 'detached' | 'archived' | 'returned' | 'deleted';
  storage_key: string;
  row_count: number | null;
  content_sha256: string | null;
}

/** Whoever changes what is in the archive has it. */
export const lifecycle_turn = 'lifecycle';

const columns = `id, source, of_tenant, first_at, end_at, state, storage_key, row_count::float8 as row_count, encode(content_sha256, 'hex') as content_sha256`;

export const contentOf = ({ row_count, content_sha256 }: Archive): Content => ({
  rows: row_count!,
  sha256: content_sha256!,
});

/** `audit_event_2024_03`, as `app.ensure_partitions` names them. */
export const partitionOf = ({ first_at }: Pick<Period, 'first_at'>): string =>
  `audit_event_${first_at.toISOString().slice(0, 7).replace('-', '_')}`;

/** For messages. */
export const nameOf = ({ source, first_at, of_tenant }: Period): string =>
  `${source} of ${first_at.toISOString().slice(0, 7)}${of_tenant ? `, workspace ${of_tenant}` : ''}`;

/**
 * Runs in one transaction as the role that may see all workspaces. `work` may go back to the owner of the tables by
 * `reset role`.
 */
export async function asSystem<R>(client: pg.Client, work: () => Promise<R>): Promise<R> {
  await client.query(`begin; set local role holdfast_system; set local timezone = 'UTC'`);
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

export async function listArchives(client: pg.Client, where: string, values: unknown[] = []): Promise<Archive[]> {
  return asSystem(client, async () => {
    const { rows } = await client.query<Archive>(
      `select ${columns} from public.lifecycle_archive a where ${where} order by first_at, source desc, id`,
      values,
    );
    return rows;
  });
}

/** Written before the file is, so that none is ever without a row that names it. */
export const beginArchive = (client: pg.Client, { source, of_tenant, first_at, end_at }: Period): Promise<Archive> =>
  asSystem(client, async () => {
    const { rows } = await client.query<Archive>(
      `insert into public.lifecycle_archive (source, of_tenant, first_at, end_at, storage_key) values ($1, $2, $3, $4, $5)
        returning ${columns}`,
      [source, of_tenant, first_at, end_at, fileKey(of_tenant ?? system_tenant_id, 'archive', randomUUID())],
    );
    return rows[0]!;
  });

export const noteVerified = (client: pg.Client, { id }: Archive, content: Content, stored: StoredFile): Promise<void> =>
  asSystem(client, async () => {
    await client.query(
      `update public.lifecycle_archive set state = 'verified', row_count = $2, content_sha256 = decode($3, 'hex'),
        stored_sha256 = decode($4, 'hex'),
         stored_bytes = $5, verified_at = now(), error = null where id = $1`,
      [id, content.rows, content.sha256, stored.sha256, stored.sizeBytes],
    );
  });

/** Within a transaction that does what the state says. */
export async function setState(
  client: pg.Client,
  { id }: Archive,
  state: 'writing' | 'detached' | 'archived' | 'returned' | 'deleted',
  { at, until = null }: { at: Date; until?: Date | null },
): Promise<void> {
  await client.query(
    `update public.lifecycle_archive set state = $2, returned_until = $4, error = null,
       archived_at = case $2 when 'archived' then coalesce(archived_at, $3) else archived_at end,
       deleted_at = case $2 when 'deleted' then $3::timestamptz end
     where id = $1`,
    [id, state, at, until],
  );
}

export const forgetArchive = (client: pg.Client, { id }: Archive): Promise<unknown> =>
  asSystem(client, () => client.query('delete from public.lifecycle_archive where id = $1', [id]));

/** What an operator reads on the page until it works. */
export const noteError = (client: pg.Client, { id }: Archive, error: unknown): Promise<unknown> =>
  asSystem(client, () =>
    client.query('update public.lifecycle_archive set error = $2 where id = $1', [
      id,
      String((error as Error)?.message ?? error).slice(0, 2000),
    ]),
  );
