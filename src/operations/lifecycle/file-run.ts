import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Tier } from '../../kernel/files/contract.ts';
import { type FileStore, measure } from '../../kernel/files/file-store.ts';
import type { Tiers } from '../../kernel/files/tiered-store.ts';
import { nowhere } from '../tenant-archive/content.ts';
import { asSystem } from './catalogue.ts';
import type { RuleName } from './contract.ts';
import type { Deleted } from './delete-past.ts';

export type FileStep = 'copied' | 'moved' | 'source_deleted';

/** Works on the files of the store: what lies in the wrong one, and what nothing refers to. */
export interface FileRun {
  /** As the role that owns the tables. */
  client: pg.Client;
  tiers: Tiers;
  /** What time it is. */
  at: Date;
  /** Days after which files go there; 0: never. */
  warmDays: number;
  coldDays: number;
  orphanDays: number;
  log: Pick<Logger, 'info' | 'warn'>;
  signal?: AbortSignal | undefined;
  /** Told after each step of a move; what it throws stops there. */
  after?: (step: FileStep, key: string) => void | Promise<void>;
}

const turn_pause_ms = 500;

async function takeTurn(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as mine', [name]);
  return rows[0].mine;
}

async function ending(client: pg.Client, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(() => {});
  }
}

/** Runs it if no other process does. */
export async function alone(client: pg.Client, name: string, work: () => Promise<void>): Promise<void> {
  if (await takeTurn(client, name)) await ending(client, name, work);
}

/** Runs it as soon as no other process does. */
export async function inTurn(
  { client, signal }: Pick<FileRun, 'client' | 'signal'>,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  while (!(await takeTurn(client, name))) await sleep(turn_pause_ms, undefined, { signal });
  await ending(client, name, work);
}

/** The hash of a file as a store has it. */
export async function hashIn(store: FileStore, key: string): Promise<string> {
  const { stream, result } = measure(await store.get(key), Number.POSITIVE_INFINITY);
  await pipeline(stream, nowhere());
  return result().sha256;
}

/** Says in the row where its bytes lie. False when there is no such row that said it was elsewhere. */
export const setTier = (client: pg.Client, key: string, from: Tier, to: Tier): Promise<boolean> =>
  asSystem(client, async () => {
    const { rows } = await client.query<{ tenant_id: string }>(
      'select tenant_id from public.file where storage_key = $1',
      [key],
    );
    if (!rows[0]) return false;
    // Its trail belongs to the workspace.
    await client.query(`select set_config('app.tenant_id', $1, true), set_config('app.cause', 'lifecycle', true)`, [
      rows[0].tenant_id,
    ]);
    const { rowCount } = await client.query(
      'update public.file set storage_class = $3 where storage_key = $1 and storage_class = $2',
      [key, from, to],
    );
    return rowCount === 1;
  });

export const noteFileRun = (
  { client, at }: Pick<FileRun, 'client' | 'at'>,
  name: RuleName | 'file_tiers',
  { rows, bytes, longest_ms }: Deleted,
  errors: readonly unknown[],
): Promise<unknown> =>
  asSystem(client, () =>
    client.query('select app.note_rule_run($1, $2, $3, $4, $5, $6)', [
      name,
      at,
      rows,
      bytes,
      longest_ms,
      errors.length === 0 ? null : String((errors[0] as Error)?.message ?? errors[0]),
    ]),
  );
