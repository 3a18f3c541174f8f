import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { problems } from '../../kernel/errors/problem.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import { connectAsSystem } from '../connection.ts';
import { Counter } from '../counter.ts';
import { lifecycle_turn } from '../lifecycle/catalogue.ts';
import { inTurn } from '../lifecycle/file-run.ts';
import { tenantTables } from '../tenant-archive/tables.ts';
import { type DoomedTenant, findDoomed, holdOffDeletions, refuseDoubtful } from './find.ts';
import { deleteRows, type RowsOf } from './rows.ts';

/**
 * Whoever writes on, such as a job that has yet to notice, does not hold it up for ever: what came meanwhile goes with
 * the row of the workspace.
 */
const rounds_max = 20;
/**
 * So long the trail says that its sessions ended, which running servers read to close what is open. They look each
 * second.
 */
const announced_ms = 2_000;
const files_at_once = 16;
const lock_ms_max = 2_000;
const attempts_max = 30;
const pause_ms = 250;
const told_pauses = 20;

export type Step = 'begun' | 'rows' | 'files' | 'archive' | 'trail' | 'tenant';

export interface Deleting {
  /** As the owner: the application may not delete a workspace. */
  ownerUrl: string;
  store: Pick<FileStore, 'list' | 'delete' | 'deleteUnfinished'>;
  say: (line: string) => void;
  /** Told after each step; what it throws stops there. */
  after?: (step: Step) => void | Promise<void>;
}

export interface Deleted {
  tenant_id: string;
  rows: number;
  files: number;
}

/**
 * Deletes a workspace with all it has. From the first transaction on nobody gets in; the rest goes in batches, beside
 * which others work as before. Killed at any moment, it goes on where it was when it is called again.
 */
export async function deleteTenant(deleting: Deleting, name: string): Promise<Deleted> {
  const client = await connectAsSystem(deleting.ownerUrl, 'holdfast-tenant-delete');
  try {
    const { tenant_id } = await findDoomed(client, name);
    const turn = `delete of tenant ${tenant_id}`;
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as mine', [turn]);
    if (!rows[0].mine) throw problems.conflict(`“${name}” is being deleted already, by another command.`);
    // Another command may have ended just now, and somebody made a workspace of that name.
    const doomed = await findDoomed(client, name);
    if (doomed.tenant_id !== tenant_id) throw problems.conflict(`“${name}” was deleted meanwhile, by another command.`);
    return await run(client, deleting, doomed);
  } finally {
    await client.end();
  }
}

async function run(client: pg.Client, deleting: Deleting, doomed: DoomedTenant): Promise<Deleted> {
  const { store, say, after } = deleting;
  const { tenant_id } = doomed;
  const announcedAt = doomed.begun_at ?? new Date();
  const ended = await begin(client, doomed);
  await after?.('begun');
  // From here on nothing is a change of the workspace that its trail would tell of.
  await client.query(
    `select set_config('app.tenant_id', $1, false), set_config('app.rights', '*', false), set_config('app.restoring', 'on', false)`,
    [tenant_id],
  );
  const tables = inOrder(await tenantTables(client));
  say('Deleting its records');
  const rows = new Counter(say, (total) => `  ${total} rows are gone`);
  rows.add(ended);
  await deleteAll(client, tables, tenant_id, rows);
  await after?.('rows');
  say('Deleting its files');
  const files = new Counter(say, (total) => `  ${total} files are gone`);
  await deleteFiles(store, tenant_id, files);
  await after?.('files');
  await sleep(Math.min(announced_ms, Math.max(0, announcedAt.getTime() + announced_ms - Date.now())));
  // Who archives the trail, or returns a part of it, moves the same rows.
  say('Deleting its trail, when nobody archives it just then');
  await inTurn({ client }, lifecycle_turn, async () => {
    await deleteArchives(client, store, tenant_id);
    await after?.('archive');
    await deleteTrail(client, tenant_id, rows);
    await after?.('trail');
    await deleteWorkspace(client, tenant_id);
    await waitForOthers(client, say);
    await after?.('tenant');
    // Whoever wrote to tables without a foreign key when the workspace went has ended by now.
    await deleteAll(client, tables, tenant_id, rows);
    await deleteTrail(client, tenant_id, rows);
    await deleteFiles(store, tenant_id, files);
    await finish(client, doomed);
  });
  return { tenant_id, rows: rows.total, files: files.total };
}

/**
 * Ends every way in: sessions, keys, links, passwords. Their deletion is in the trail, which tells running servers to
 * close what is open; jobs that run notice that theirs are gone. Answers how many rows went.
 */
async function begin(client: pg.Client, doomed: DoomedTenant): Promise<number> {
  const { tenant_id, name, title, begun_at } = doomed;
  await client.query('begin');
  await holdOffDeletions(client);
  if (!begun_at) await refuseDoubtful(client, doomed);
  await client.query(`select set_config('app.tenant_id', $1, true), set_config('app.rights', '*', true)`, [tenant_id]);
  if (!begun_at) {
    await client.query('insert into tenant_deletion (of_tenant, name) values ($1, $2)', [tenant_id, name]);
    await note(client, 'tenant.delete', `${name}, ${title}`, 'From now on nobody gets in');
  }
  await client.query(`update user_account set status = 'disabled' where tenant_id = $1 and status <> 'disabled'`, [
    tenant_id,
  ]);
  // An API key takes the webhooks it made along, and these their deliveries, which may be too many for one transaction.
  await client.query(
    'update webhook set enabled = false, api_key_id = null, rights = null where tenant_id = $1 and (enabled or api_key_id is not null)',
    [tenant_id],
  );
  let ended = 0;
  for (const table of ways_in)
    ended += (await client.query(`delete from ${table} where tenant_id = $1`, [tenant_id])).rowCount ?? 0;
  await client.query('commit');
  return ended;
}

/** In an order in which each comes before those it refers to, so that none goes uncounted. */
const ways_in = [
  'external_identity',
  'session',
  'api_key',
  'calendar_feed',
  'one_time_token',
  'sign_in_provider',
  'passkey',
  'user_password',
  'operator',
  'account_link',
];

/** Among what operators did. */
const note = (client: pg.Client, action: string, target: string, reason: string): Promise<unknown> =>
  client.query(
    `insert into operator_action (who, action, target, reason) values ('the command line', $1, left($2, 500), $3)`,
    [action, target, reason],
  );

/**
 * Jobs first, because whoever runs one notices that. Then values of the past: events without their values prove nothing
 * of records, so that a check of the trail meanwhile finds nothing wrong. Then those of custom fields, which a trigger
 * would look for with each record. Then what refers to other rows before these. The trail itself has its own turn.
 */
function inOrder(tables: readonly RowsOf[]): RowsOf[] {
  const first = ['schedule', 'job', 'record_history', 'custom_value'];
  const rest = tables.filter(({ name }) => !first.includes(name) && name !== 'audit_event' && name !== 'tenant');
  return [...first.map((name) => tables.find((table) => table.name === name)!), ...rest.reverse()];
}

async function deleteAll(
  client: pg.Client,
  tables: readonly RowsOf[],
  tenant_id: string,
  rows: Counter,
): Promise<void> {
  for (let round = 1; round <= rounds_max; round++) {
    const before = rows.total;
    let isWaitedFor = false;
    for (const table of tables)
      await deleteRows(client, table, tenant_id, rows).catch((error: unknown) => {
        if (!isBusy(error)) throw error;
        isWaitedFor = true;
      });
    if (rows.total === before && !isWaitedFor) break;
  }
  // No foreign key says that these are of the workspace.
  await client.query(
    `with gone as (delete from error_occurrence where workspace_id = $1 returning report_id)
     delete from error_report r where r.id in (select report_id from gone)
       and not exists (select from error_occurrence o where o.report_id = r.id and o.workspace_id is distinct from $1)`,
    [tenant_id],
  );
  await client.query(`delete from file_read where storage_key like $1 || '/%'`, [tenant_id]);
  await client.query(`delete from orphan_file where storage_key like $1 || '/%'`, [tenant_id]);
}

async function deleteFiles(store: Deleting['store'], tenant_id: string, files: Counter): Promise<void> {
  let batch: string[] = [];
  const flush = async () => {
    await Promise.all(batch.map((key) => store.delete(key)));
    files.add(batch.length);
    batch = [];
  };
  for await (const { key } of store.list(tenant_id)) {
    batch.push(key);
    if (batch.length === files_at_once) await flush();
  }
  await flush();
  // Uploads that were under way bear its id, too.
  await store.deleteUnfinished(new Date(), tenant_id);
}

/**
 * Values of its past that are in files of their own. Events are in files that all workspaces share, and go with these.
 */
async function deleteArchives(client: pg.Client, store: Deleting['store'], tenant_id: string): Promise<void> {
  const { rows } = await client.query<{ id: string; storage_key: string }>(
    'select id, storage_key from lifecycle_archive where of_tenant = $1',
    [tenant_id],
  );
  for (const { id, storage_key } of rows) {
    await store.delete(storage_key);
    await client.query('delete from lifecycle_archive where id = $1', [id]);
  }
}

/** Nobody may delete from the trail but the owner of its partitions, whom no policy of the trail itself binds there. */
async function deleteTrail(client: pg.Client, tenant_id: string, rows: Counter): Promise<void> {
  await client.query('reset role');
  try {
    const { rows: partitions } = await client.query<{ name: string }>(
      `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.audit_event'::regclass order by 1`,
    );
    const key = [
      { name: 'seq', type: 'bigint' },
      { name: 'at', type: 'timestamptz' },
    ];
    for (const { name } of partitions) await deleteRows(client, { name, key }, tenant_id, rows);
  } finally {
    await client.query('set role holdfast_system');
  }
}

/** The row of the workspace, with what came since. */
async function deleteWorkspace(client: pg.Client, tenant_id: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`begin; set local lock_timeout = ${lock_ms_max}`);
      await client.query('delete from tenant where id = $1', [tenant_id]);
      await client.query('commit');
      break;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      if (!isBusy(error) || attempt >= attempts_max) throw error;
      await sleep(pause_ms);
    }
  }
}

/**
 * Until everybody has ended who may have found the workspace there. Whoever follows the feed waits for them too, so
 * none takes long but the import of another workspace.
 */
async function waitForOthers(client: pg.Client, say: Deleting['say']): Promise<void> {
  const { rows } = await client.query<{ xid: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as xid');
  const ended = async () =>
    (await client.query('select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as yes', [rows[0]!.xid])).rows[0]
      .yes as boolean;
  for (let tried = 1; !(await ended()); tried++) {
    if (tried === told_pauses)
      say('Waiting for transactions that began before it was gone, such as the import of another workspace');
    await sleep(pause_ms);
  }
}

async function finish(client: pg.Client, { tenant_id, name }: DoomedTenant): Promise<void> {
  await client.query('begin');
  await client.query('delete from tenant_deletion where of_tenant = $1', [tenant_id]);
  await note(client, 'tenant.deleted', name, 'Its records, files and trail are gone');
  await client.query('commit');
}

/** Somebody has locked it, or waits for us. */
const isBusy = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '55P03' || error.code === '40P01');
