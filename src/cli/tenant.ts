import { Problem } from '../kernel/errors/problem.ts';
import { openFiles } from '../kernel/files/create-file-store.ts';
import type { FileStore } from '../kernel/files/file-store.ts';
import { currencyCode } from '../kernel/identity/contract.ts';
import { createTenant } from '../kernel/identity/index.ts';
import { systemActor, withContext } from '../kernel/tenancy/context.ts';
import { recordTypes } from '../modules/index.ts';
import { openOwnBackups } from '../operations/backup/catalogue.ts';
import { backUpFilesOf } from '../operations/backup/files.ts';
import { listArchivedPeriods } from '../operations/lifecycle/queries.ts';
import { exportTenant, hashTenant, importTenant } from '../operations/tenant-archive/index.ts';
import {
  type DoomedTenant,
  deleteTenant,
  findDoomed,
  readContents,
  refuseDoubtful,
} from '../operations/tenant-deletion/index.ts';
import {
  type Call,
  type Command,
  listed,
  listed_max,
  tenantIdOf,
  UsageError,
  withDatabase,
  withSystem,
} from './command.ts';

const namePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

function newName(name: string): string {
  if (!namePattern.test(name))
    throw new UsageError('--name takes lower case letters, digits and hyphens, at most 63 and no hyphen first.');
  return name;
}

export const tenantCommands: Command[] = [
  {
    name: 'tenant create',
    summary: 'Makes a workspace with the preset roles.',
    beginsInstallation: true,
    flags: {
      name: { needed: true, help: 'Lower case letters, digits and hyphens' },
      title: { help: 'As people read it; the name by default' },
      currency: { help: 'ISO 4217 code; USD by default' },
    },
    run: async ({ installation, flags, answer }) => {
      const name = newName(flags.name!);
      const currency = currencyCode.optional().safeParse(flags.currency);
      if (!currency.success) throw new UsageError(`--currency: ${currency.error.issues[0]!.message}.`);
      const made = await createTenant(installation.ownerUrl, {
        name,
        title: flags.title ?? name,
        ...(currency.data && { default_currency: currency.data }),
      }).catch((error: { constraint?: string }) => {
        throw error.constraint === 'tenant_name_key'
          ? new UsageError(`There is a workspace “${name}” already. Choose another name.`)
          : error;
      });
      answer({ ...made, name }, `Made the workspace ${name}.`);
      return 0;
    },
  },
  {
    name: 'tenant list',
    reads: true,
    summary: 'Lists the workspaces.',
    run: async (call) => {
      const workspaces = await withSystem(call, async (client) => {
        const { rows } = await client.query<{
          name: string;
          title: string | null;
          created_at: Date | null;
          deletion_begun_at: Date | null;
        }>(
          `select coalesce(t.name, d.name) as name, t.title, t.created_at, d.begun_at as deletion_begun_at
           from tenant t full join tenant_deletion d on d.of_tenant = t.id
           where t.name is distinct from 'system' order by 1, 4 limit ${listed_max + 1}`,
        );
        return listed(call, rows);
      });
      const lines = workspaces.map(({ name, title, created_at, deletion_begun_at }) =>
        [
          name,
          title,
          created_at && `since ${created_at.toISOString().slice(0, 10)}`,
          deletion_begun_at &&
            `being deleted since ${deletion_begun_at.toISOString()}; if nothing does so, go on: holdfast tenant delete ${name} --confirm ${name}`,
        ]
          .filter(Boolean)
          .join('  '),
      );
      call.answer(workspaces, lines.join('\n') || 'None yet: holdfast tenant create');
      return 0;
    },
  },
  {
    name: 'tenant export',
    reads: true,
    summary: 'Writes a whole workspace, its files included, into a new folder that another installation can import.',
    words: 'NAME DIR',
    run: async (call) => {
      const [name, folder] = wordsOf(
        call,
        2,
        'Name the workspace and the folder to write: holdfast tenant export NAME DIR',
      );
      const { tables, files, content_sha256 } = await withSource(call, name!, (source) =>
        exportTenant(source, folder!),
      );
      const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
      const tenant_id = await tenantIdOf(call.installation, name!);
      const periods = await withDatabase(call, (db) => withContext(db, systemActor(tenant_id), listArchivedPeriods));
      const months = new Set(periods.flatMap(({ state, first_at }) => (state === 'elsewhere' ? [] : first_at))).size;
      call.answer(
        { folder, rows, files: files.count, content_sha256, ...(months > 0 && { archived_months_left_out: months }) },
        `Wrote ${rows.toLocaleString('en')} records and ${files.count.toLocaleString('en')} files to ${folder}.\nContent: ${content_sha256}${
          months > 0
            ? `\nIts trail of ${months} months is not in it: it is in the archive of this installation, or was deleted after its time.`
            : ''
        }`,
      );
      return 0;
    },
  },
  {
    name: 'tenant import',
    summary: 'Makes a workspace of an exported one. Passwords do not move along: see "user password-link".',
    beginsInstallation: true,
    words: 'DIR',
    flags: { name: { needed: true, help: 'Of the new workspace: lower case letters, digits and hyphens' } },
    run: async (call) => {
      const [folder] = wordsOf(call, 1, 'Name the folder to import: holdfast tenant import DIR --name NAME');
      const name = newName(call.flags.name!);
      const { tenant_id, manifest, renamed } = await withFiles(call, (store) =>
        importTenant({ ownerUrl: call.installation.ownerUrl, store, name, say: call.say }, folder!).then(
          async (made) => {
            await backUpImported(call, store);
            return made;
          },
        ),
      );
      const { content_sha256 } = manifest;
      call.answer(
        { tenant_id, name, content_sha256, renamed },
        `Made the workspace ${name} of what was ${manifest.workspace}.\nContent: ${content_sha256}${renamed.length > 0 ? ' (of the archive; with the new names it has another)' : ''}`,
      );
      return 0;
    },
  },
  {
    name: 'tenant delete',
    summary:
      'Deletes a workspace with its records, files and trail. Without --confirm it says what would go, and deletes nothing.',
    words: 'NAME',
    flags: { confirm: { help: 'The name again' } },
    run: deleteCommand,
  },
  {
    name: 'tenant hash',
    reads: true,
    summary: 'Prints one number for all a workspace holds: equal for equal content, wherever it is.',
    words: 'NAME',
    run: async (call) => {
      const [name] = wordsOf(call, 1, 'Name the workspace: holdfast tenant hash NAME');
      const content_sha256 = await withSource(call, name!, hashTenant);
      call.answer({ name, content_sha256 }, content_sha256);
      return 0;
    },
  },
];

async function deleteCommand(call: Call): Promise<number> {
  const [name] = wordsOf(call, 1, 'Name the workspace: holdfast tenant delete NAME --confirm NAME');
  const { confirm } = call.flags;
  const { ownerUrl } = call.installation;
  if (confirm !== undefined && confirm !== name)
    throw new UsageError(`--confirm says “${confirm}”, and the workspace is “${name}”. Nothing was deleted.`);
  const { doomed, contents } = await withSystem(call, async (client) => {
    const doomed = await findDoomed(client, name!);
    if (!doomed.begun_at) await refuseDoubtful(client, doomed);
    return { doomed, contents: await readContents(client, doomed.tenant_id) };
  });
  const what = [
    `${describe(doomed)} has ${count(Object.values(contents.rows))} rows, of these`,
    ...Object.entries(contents.rows)
      .filter(([table]) => shownTables.includes(table))
      .map(([table, rows]) => `  ${rows.toLocaleString('en').padStart(12)}  ${table.replaceAll('_', ' ')}`),
    `and ${contents.files.count.toLocaleString('en')} files of ${(contents.files.size_bytes / 1e6).toFixed(1)} MB.`,
    ...(contents.last_operators
      ? ['Only its people operate this installation: name somebody else first, with holdfast operator grant.']
      : []),
  ].join('\n');
  if (confirm === undefined) {
    call.answer({ ...doomed, ...contents, deleted: false }, what);
    throw new UsageError(
      `Nothing was deleted. What is gone comes back from a backup alone. To delete it: holdfast tenant delete ${name} --confirm ${name}`,
    );
  }
  call.say(what);
  const { rows, files } = await withFiles(call, (store) =>
    deleteTenant({ ownerUrl, store, say: call.say }, name!),
  ).catch((error: unknown) => {
    if (!(error instanceof Problem)) call.say('It is not finished. Run the command again: it goes on where it was.');
    throw error;
  });
  call.answer(
    { tenant_id: doomed.tenant_id, name, rows, files, deleted: true },
    `Deleted the workspace ${name}: ${count([rows])} rows and ${count([files])} files. Backups have it until they are deleted by their age (BACKUP_DAYS).`,
  );
  return 0;
}

const count = (numbers: number[]): string => numbers.reduce((sum, n) => sum + n, 0).toLocaleString('en');

const describe = ({ name, title, begun_at }: DoomedTenant): string =>
  title === null
    ? `What is left of the workspace ${name}, whose deletion began at ${begun_at!.toISOString()},`
    : `The workspace ${name} (${title})${begun_at ? `, whose deletion began at ${begun_at.toISOString()},` : ''}`;

/** What people know of. */
const shownTables: readonly string[] = [
  'user_account',
  ...recordTypes.map(({ resource }) => resource.table),
  'audit_event',
];

/** The workspace is there, and stays so when the backup store is away: the next backup takes its files along. */
async function backUpImported({ config, installation, say }: Call, store: FileStore): Promise<void> {
  try {
    const backups = await openOwnBackups(config, installation.masterKeys);
    if (!backups) return;
    await backUpFilesOf(installation.ownerUrl, store, backups, say).finally(() => backups.store.close());
  } catch (error) {
    say(`The workspace is made; its files are in no backup until the next one is made: ${(error as Error).message}`);
  }
}

function wordsOf({ words }: Call, count: number, advice: string): string[] {
  if (words.length !== count) throw new UsageError(advice);
  return words;
}

async function withSource<R>(
  call: Call,
  name: string,
  work: (source: { databaseUrl: string; store: FileStore; tenant_id: string; say: Call['say'] }) => Promise<R>,
): Promise<R> {
  const tenant_id = await tenantIdOf(call.installation, name);
  return withFiles(call, (store) =>
    work({ databaseUrl: call.installation.databaseUrl, store, tenant_id, say: call.say }),
  );
}

async function withFiles<R>({ config }: Call, work: (store: FileStore) => Promise<R>): Promise<R> {
  const store = openFiles(config);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
