import type { SettingStatus, UnreadVariable } from '../../kernel/config/sources.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** A setting as a process tells the others. */
export interface ToldSetting extends SettingStatus {
  /** Of a secret: the same where the secret is the same, and nothing can be learned from it without the master key. */
  digest: string | null;
}

interface NewProcess {
  id: string;
  host: string;
  pid: number;
  role: string;
  version: string;
  commit: string | null;
  node_version: string;
  address: string | null;
  up_seconds: number;
  memory_bytes: number;
  settings: string;
  unread: string;
}

export interface ProcessRow {
  id: string;
  host: string;
  pid: number;
  role: 'all' | 'web' | 'worker' | 'migrate';
  version: string;
  commit: string | null;
  node_version: string;
  address: string | null;
  started_at: string;
  seen_at: string;
  silent_seconds: number;
  memory_bytes: number;
  settings: ToldSetting[];
  unread: UnreadVariable[];
}

export async function writeProcess(db: Database, given: NewProcess): Promise<void> {
  await db.call(sql`select app.write_process(${JSON.stringify(given)}::jsonb)`);
}

/** Returns whether the process was known. */
export async function seeProcess(db: Database, id: string, memory_bytes: number): Promise<boolean> {
  const [row] = await db.call<{ known: boolean }>(
    sql`select app.see_process(${id}::uuid, ${memory_bytes}::bigint) as known`,
  );
  return row!.known;
}

export async function removeProcess(db: Database, id: string): Promise<void> {
  await db.call(sql`select app.remove_process(${id}::uuid)`);
}

export const listProcesses = (ctx: Context): Promise<ProcessRow[]> =>
  ctx.tx.many(sql`select * from app.operator_processes()`);

/** The processes that were seen lately, with what health checks need. */
export const readProcesses = (db: Database): Promise<ProcessRow[]> => db.call(sql`select * from app.processes_seen()`);
