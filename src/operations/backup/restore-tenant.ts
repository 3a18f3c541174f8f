import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '../../kernel/config/config.ts';
import { migrate } from '../../kernel/database/migrate.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { type FileStore, isFileNotFound } from '../../kernel/files/file-store.ts';
import { appRoleOf, asRole } from '../../kernel/installation.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { connectAsSystem } from '../connection.ts';
import { exportTenant, hashTables, importTenant } from '../tenant-archive/index.ts';
import { holdOffDeletions, refuseDeleted } from '../tenant-deletion/index.ts';
import type { BackupStore } from './backup-store.ts';
import { backUpFilesOf, nameOf } from './files.ts';
import type { BackupManifest } from './manifest.ts';
import { checkRoom, modestSettings } from './prove.ts';
import { chooseBackup, restoredBytes, type Target } from './restore.ts';
import { restoreBackup } from './restore-backup.ts';
import { withScratch } from './scratch.ts';

export interface TenantRestore {
  /** The workspace, by the name it has or had. */
  name: string;
  target: Exclude<Target, 'recorded'>;
  /** Of a new workspace; absent: in place of the one there is. */
  as?: string;
  dryRun: boolean;
}

export interface TenantRestoreSource {
  backups: BackupStore;
  masterKeys: MasterKeys;
  /** Of the running installation. */
  ownerUrl: string;
  databaseUrl: string;
  files: FileStore;
  config: Config;
  historyDays: number;
  say: (line: string) => void;
}

export interface TenantRestoreResult {
  backup: string;
  /**
   * The moment that it was restored to: of a logical backup its own, before the time that was asked for; null: the time
   * asked for.
   */
  as_of: string | null;
  /** Null after a dry run. */
  tenant_id: string | null;
  name: string;
  /** What the workspace was renamed to that the restored one took the place of. */
  previous: string | null;
  rows: number;
  files: number;
  /** Tables with another number of rows than the workspace has now; all of them when there is none. */
  differences: Record<string, { restored: number; present: number }>;
  seconds: number;
}

/**
 * Makes a workspace of what another, or the same, was at a time, from the backups, beside all others, which go on
 * meanwhile.
 */
export async function restoreTenant(
  source: TenantRestoreSource,
  { name, target, as, dryRun }: TenantRestore,
): Promise<TenantRestoreResult> {
  const began = performance.now();
  const { backups, masterKeys, ownerUrl, databaseUrl, say } = source;
  const now = await findTenant(ownerUrl, name);
  if (!as && !now) throw problems.conflict(`There is no workspace “${name}” whose place could be taken. Use --as.`);
  if (!as) await asSystem(ownerUrl, (client) => refuseDeleted(client, [now!]));
  if (as && (await findTenant(ownerUrl, as)))
    throw problems.conflict(`There is a workspace “${as}” already. Choose another name.`);
  const manifest = await chooseBackup(backups, {
    at: target instanceof Date ? target : undefined,
    passOverDamaged: true,
    say,
  });
  await refuseUnknown(ownerUrl, manifest, { name, now, target });
  return withScratch(
    join(source.config.HOLDFAST_DATA, 'restore-tenant'),
    'A workspace is being restored already.',
    async (dir) => {
      await checkRoom(dir, await restoredBytes(backups, manifest, target));
      const scratch = join(dir, 'data');
      say(`Restoring the backup ${manifest.id} beside the installation`);
      const { server } = await restoreBackup(backups, manifest, {
        dir: scratch,
        target,
        masterKeys,
        config: source.config,
        settings: modestSettings,
        say,
      });
      try {
        const appRole = appRoleOf(server.ownerUrl, masterKeys);
        await migrate(server.ownerUrl, { appRole });
        const thenUrl = asRole(server.ownerUrl, appRole);
        const tenant_id = await findTenantThen(server.ownerUrl, name, now);
        const then = await hashTables(thenUrl, tenant_id);
        const present = now ? await hashTables(databaseUrl, now) : {};
        const differences = Object.fromEntries(
          Object.entries(then)
            .map(([table, { rows }]) => [table, { restored: rows, present: present[table]?.rows ?? 0 }] as const)
            .filter(([, counts]) => counts.restored !== counts.present),
        );
        const result = {
          backup: manifest.id,
          as_of: manifest.kind === 'logical' ? manifest.at : null,
          name: as ?? name,
          rows: Object.values(then).reduce((sum, { rows }) => sum + rows, 0),
          differences,
        };
        const seconds = () => Math.round((performance.now() - began) / 100) / 10;
        say('Reading the workspace');
        const archive = join(dir, 'archive');
        const { files } = await exportTenant(
          { databaseUrl: thenUrl, store: storedIn(source), tenant_id, say },
          archive,
        );
        if (dryRun) return { ...result, tenant_id: null, previous: null, files: files.count, seconds: seconds() };
        say('Making a workspace of it');
        const aside = asideName(name);
        const made = await importTenant({ ownerUrl, store: source.files, name: as ?? `${aside}-new`, say }, archive);
        try {
          // All that can fail comes before it takes the place: until then the workspace is as it was.
          await applyErasures(ownerUrl, source.historyDays);
          say('Backing up the files of the workspace');
          await backUpFilesOf(ownerUrl, source.files, backups, say);
          if (!as) await takePlace(ownerUrl, { old: now!, aside, restored: made.tenant_id, name });
          await noteRestore(ownerUrl, { name, as, aside, target });
        } catch (error) {
          throw unfinished(as ? { made: as } : { made: `${aside}-new`, asItWas: name }, error as Error);
        }
        return {
          ...result,
          tenant_id: made.tenant_id,
          previous: as ? null : aside,
          files: files.count,
          seconds: seconds(),
        };
      } finally {
        await server.stop();
      }
    },
  );
}

/** The restored workspace is there; whoever tries again needs to know, and may delete it. */
const unfinished = ({ made, asItWas }: { made: string; asItWas?: string }, cause: Error): Error =>
  new Error(
    asItWas === undefined
      ? `What was restored is the workspace ${made}, but values may be in it that were erased since, and its files may be in no backup: ${cause.message}`
      : `“${asItWas}” is as it was; what was restored is the workspace ${made}: ${cause.message}`,
    { cause },
  );

/** With `-new` behind it a name has 63 characters at most. */
export const asideName = (name: string): string =>
  `${name.slice(0, 36)}-before-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase()}`;

async function asSystem<R>(ownerUrl: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = await connectAsSystem(ownerUrl, 'holdfast-restore');
  return work(client).finally(() => client.end());
}

const findTenant = (ownerUrl: string, name: string): Promise<string | undefined> =>
  asSystem(ownerUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>(`select id from tenant where name = $1 and name <> 'system'`, [
      name,
    ]);
    return rows[0]?.id;
  });

const named_max = 20;

/**
 * Refuses, before the whole backup is restored, a workspace that neither the backup has nor the log behind it can
 * bring.
 */
async function refuseUnknown(
  ownerUrl: string,
  { id, at, kind, tenants }: BackupManifest,
  { name, now, target }: { name: string; now: string | undefined; target: Date | 'latest' },
): Promise<void> {
  const known = Object.entries(tenants);
  if (known.some(([tenant_id, tenant]) => tenant_id === now || tenant.name === name)) return;
  if (kind !== 'logical' && (await mayBeMadeSince(ownerUrl, { name, now, at, target }))) return;
  const names = known.flatMap(([, tenant]) => (tenant.name === 'system' ? [] : tenant.name)).sort();
  const more = names.length > named_max ? ` and ${names.length - named_max} more` : '';
  throw problems.conflict(
    `There was no workspace “${name}” at that time. The backup ${id} of ${at} has: ${names.slice(0, named_max).join(', ')}${more}.`,
  );
}

/** One that was made after the backup is there now, or was deleted since. */
const mayBeMadeSince = (
  ownerUrl: string,
  { name, now, at, target }: { name: string; now: string | undefined; at: string; target: Date | 'latest' },
): Promise<boolean> =>
  asSystem(ownerUrl, async (client) => {
    const { rows } = await client.query<{ yes: boolean }>(
      `select exists (select from tenant where id = $1 and created_at <= $2)
         or exists (select from operator_action where action = 'tenant.delete' and starts_with(target, $3 || ', ') and at >= $4) as yes`,
      [now ?? null, target instanceof Date ? target : 'infinity', name, at],
    );
    return rows[0]!.yes;
  });

/** The one that has the name now, whatever it was called then; else the one that had it then. */
const findTenantThen = (ownerUrl: string, name: string, id: string | undefined): Promise<string> =>
  asSystem(ownerUrl, async (client) => {
    const { rows } = await client.query<{ id: string; goes: boolean }>(
      `select id, exists (select from tenant_deletion d where d.of_tenant = t.id) as goes from tenant t
       where (id = $1 or name = $2) and name <> 'system' order by id = $1 desc nulls last limit 1`,
      [id ?? null, name],
    );
    if (!rows[0]) throw problems.conflict(`There was no workspace “${name}” at that time.`);
    if (rows[0].goes)
      throw problems.conflict(
        `“${name}” was being deleted at that time, and part of it was gone: name a time before. “What operators did” says when that began.`,
      );
    return rows[0].id;
  });

/**
 * Files as the backup store has them, or else as they are: a file never changes under its key, and its hash is
 * compared.
 */
const storedIn = ({ backups, files }: TenantRestoreSource): Pick<FileStore, 'get'> => ({
  get: (storage_key) =>
    backups.get('file', nameOf(storage_key)).catch((error: unknown) => {
      if (isFileNotFound(error)) return files.get(storage_key);
      throw error;
    }),
});

/**
 * The restored workspace gets the name of the other, which stays as it is under a new one. Who has no access any more
 * gets none by the past: that was decided since. Programs go on with their keys, and people with their passwords,
 * unless a second factor guards these, which an archive does not contain; all sign in anew. Operators stay operators.
 */
const takePlace = (
  ownerUrl: string,
  { old, aside, restored, name }: { old: string; aside: string; restored: string; name: string },
) =>
  asSystem(ownerUrl, async (client) => {
    const enter = (id: string) =>
      client.query(`select set_config('app.tenant_id', $1, true), set_config('app.rights', '*', true)`, [id]);
    await client.query('begin');
    await holdOffDeletions(client);
    await refuseDeleted(client, [old, restored]);
    await enter(old);
    await client.query('update tenant set name = $2 where id = $1', [old, aside]);
    await client.query('delete from session where tenant_id = $1', [old]);
    await enter(restored);
    await client.query('update tenant set name = $2 where id = $1', [restored, name]);
    await client.query(
      `update user_account a set status = s.status, access_until = s.access_until
       from (select t.id, case when p.id is null or p.status = 'disabled' then 'disabled' else t.status end as status,
           least(t.access_until, p.access_until) as access_until
         from user_account t left join user_account p on p.tenant_id = $1 and p.id = t.id where t.tenant_id = $2) s
       where a.tenant_id = $2 and a.id = s.id and (a.status, a.access_until) is distinct from (s.status, s.access_until)`,
      [old, restored],
    );
    await client.query(
      `insert into user_password (tenant_id, user_id, hash, changed_at)
       select $2, p.user_id, p.hash, p.changed_at from user_password p
       where p.tenant_id = $1
         and exists (select from user_account a where a.tenant_id = $2 and a.id = p.user_id and app.has_access(a.status, a.access_until))
         and not exists (select from user_totp t where t.tenant_id = $1 and t.user_id = p.user_id)`,
      [old, restored],
    );
    await client.query(
      `with moved as (
         delete from api_key k where k.tenant_id = $1
           and exists (select from role r where r.tenant_id = $2 and r.id = k.role_id)
           and (k.user_id is null
             or exists (select from user_account a where a.tenant_id = $2 and a.id = k.user_id
               and app.has_access(a.status, a.access_until)))
         returning *)
       insert into api_key select r.* from moved m
       cross join lateral jsonb_populate_record(null::api_key, to_jsonb(m) || jsonb_build_object('tenant_id', $2::uuid)) r`,
      [old, restored],
    );
    await client.query(
      `with moved as (
         delete from operator o where o.tenant_id = $1 and exists (select from user_account a where a.tenant_id = $2 and a.id = o.user_id)
           returning *)
       insert into operator (tenant_id, user_id, granted_at, granted_by) select $2, user_id, granted_at, granted_by from moved`,
      [old, restored],
    );
    await client.query('commit');
  });

/** Among what operators did. */
const noteRestore = (
  ownerUrl: string,
  { name, as, aside, target }: { name: string; as: string | undefined; aside: string; target: Date | 'latest' },
) =>
  asSystem(ownerUrl, async (client) => {
    const when = target === 'latest' ? 'as late as possible' : `as it was at ${target.toISOString()}`;
    const reason = as ? `${name} ${when}` : `${when}; what was there is ${aside} now`;
    await client.query(
      `insert into operator_action (who, action, target, reason) values ('the command line', 'tenant.restore', left($1, 500), $2)`,
      [as ?? name, reason],
    );
  });

/** Values that have been erased by their age since then must not come back with the copy. */
const applyErasures = (ownerUrl: string, days: number) =>
  asSystem(ownerUrl, async (client) => {
    if (days === 0) return;
    const purge = async () => Number((await client.query('select app.purge_history($1) as gone', [days])).rows[0].gone);
    while ((await purge()) > 0);
  });
