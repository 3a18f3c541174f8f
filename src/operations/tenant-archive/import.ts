import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { presetRoles } from '../../kernel/access/rights.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { problems } from '../../kernel/errors/problem.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import { rightsMatrix } from '../../kernel/identity/index.ts';
import { connect } from '../connection.ts';
import { Counter } from '../counter.ts';
import { lifecycle_turn } from '../lifecycle/catalogue.ts';
import { asArchived, type Renamed, recordRenamed, renameAlike, renamedTable } from './alike.ts';
import { Archive, linesOf, refusal, tablePath } from './archive.ts';
import { archivedTables } from './choices.ts';
import { cleanTexts } from './clean-texts.ts';
import { contentHash, enterTenant, lineFormat, readTable, type TableDigest } from './content.ts';
import type { Manifest } from './manifest.ts';
import { renewViews } from './renew-views.ts';
import { RestoredFiles } from './restore-files.ts';
import { arrivals, asOld, isRetired, retiredTables } from './retired.ts';
import { type ArchiveTable, archiveTables } from './tables.ts';

/** How far back months get a partition of their own in the trail; what is older lies together. */
const trail_months_max = 240;

export interface Destination {
  /** As the owner: the application may not make a workspace, nor write its past. */
  ownerUrl: string;
  store: FileStore;
  /** Of the new workspace. */
  name: string;
  say?: (line: string) => void;
}

/**
 * Makes a workspace of an archive. Its rows come in one transaction, under every rule of the database, and must then
 * read the same as in the archive; whatever fails, nothing is left.
 */
export async function importTenant(
  { ownerUrl, store, name, say = () => {} }: Destination,
  folder: string,
): Promise<{ tenant_id: string; manifest: Manifest; renamed: Renamed[] }> {
  const archive = await Archive.open(folder);
  const { manifest } = archive;
  const client = await connect(ownerUrl, 'holdfast-tenant-archive');
  try {
    const tables = await knownTables(client, manifest);
    await client.query('set role holdfast_system');
    await refuseTakenName(client, name);
    await archive.verify();
    await refuseUnknownRights(archive);
    const tenant_id = uuidV7();
    const files = new RestoredFiles(client, store, tenant_id);
    let renamed: Renamed[];
    try {
      say('Storing its files');
      await files.put(archive);
      await makePartitions(client, manifest);
      await client.query('begin');
      await files.adopt(client);
      await enterTenant(client, tenant_id);
      await client.query(`select set_config('app.archive_name', $1, true), set_config('app.restoring', 'on', true)`, [
        name,
      ]);
      say('Writing its records');
      await load(client, archive, tables, say);
      say('Comparing them with the archive');
      await compare(client, manifest, tables);
      renamed = await settle(client, tables);
      await client.query('commit');
    } catch (error) {
      // When the database itself is gone, so is the transaction, and the files go by their time.
      await client.query('rollback').then(() => files.discard(), () => undefined); // biome-ignore format: one line
      throw error;
    }
    await client.query('reset role; select app.refresh_statistics()');
    for (const { table, from, to } of renamed)
      say(`Renamed the ${table.replaceAll('_', ' ')} “${from}” to “${to}”: there was one like it`);
    return { tenant_id, manifest, renamed };
  } finally {
    await client.end();
  }
}

/** The tables of the archive, with the columns it has: those it lacks take their defaults. */
async function knownTables(client: pg.Client, manifest: Manifest): Promise<ArchiveTable[]> {
  const here = await archiveTables(client);
  for (const [name, { columns }] of Object.entries(manifest.tables)) {
    if (retiredTables.has(name)) continue;
    const known = here.find((table) => table.name === name)?.columns;
    const unknown = known ? columns.find((column) => !known.includes(column) && !isRetired(name, column)) : name;
    if (unknown)
      throw refusal(
        `This installation knows nothing of ${known ? `${name}.${unknown}` : `“${name}”`}. A newer Holdfast made the archive: update this installation, then import again.`,
      );
  }
  return here.flatMap((table) => {
    const digest = manifest.tables[table.name];
    return digest ? [{ ...table, columns: digest.columns }] : [];
  });
}

async function refuseTakenName(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select from tenant where name = $1', [name]);
  if (rowCount! > 0) throw problems.conflict(`There is a workspace “${name}” already. Choose another name.`);
}

/**
 * For the months of its past, which are empty until its rows are there: until then nobody may archive old months and
 * drop empty ones. Not in the transaction of the rows, because it holds up whoever writes just then.
 */
async function makePartitions(client: pg.Client, { first_event_at }: Manifest): Promise<void> {
  if (!first_event_at) return;
  const first = new Date(first_event_at);
  const now = new Date();
  const months = (now.getUTCFullYear() - first.getUTCFullYear()) * 12 + now.getUTCMonth() - first.getUTCMonth();
  if (months <= 0) return;
  await client.query('select pg_advisory_lock_shared(hashtextextended($1, 0))', [lifecycle_turn]);
  await client.query('reset role');
  await client.query('select app.ensure_partitions(0, $1)', [Math.min(months, trail_months_max)]);
  await client.query('set role holdfast_system');
}

/**
 * Rights that the API would not let anybody give. Those of presets do not count: `settle` puts the program's in their
 * place.
 */
async function refuseUnknownRights(archive: Archive): Promise<void> {
  if (!archive.manifest.tables.role) return;
  const input = await archive.read(tablePath('role'));
  for await (const line of linesOf(input)) {
    const { key, name, preset, rights } = JSON.parse(line);
    if (preset && presetRoles().some((role) => role.key === key)) continue;
    if (!rightsMatrix.safeParse(rights).success)
      throw refusal(`The role “${name}” of the archive has rights that no role can have. Export the workspace again.`);
  }
}

async function load(
  client: pg.Client,
  archive: Archive,
  tables: ArchiveTable[],
  say: (line: string) => void,
): Promise<void> {
  const counts = archive.manifest.tables;
  const all = tables.reduce((sum, { name }) => sum + counts[name]!.rows, 0).toLocaleString('en');
  const rows = new Counter(say, (total) => `  ${total} of ${all}`);
  await client.query(
    'create temporary table archive_line (n bigint generated always as identity, line jsonb not null) on commit drop',
  );
  await client.query(renamedTable);
  for (const table of tables) {
    try {
      const lines = await archive.read(tablePath(table.name));
      await pipeline(lines, client.query(copyFrom(`copy archive_line (line) from stdin ${lineFormat}`)));
      const { prepares } = archivedTables[table.name]!;
      if (prepares) await client.query(prepares);
      await renameAlike(client, table.name);
      await client.query(placement(table));
    } catch (error) {
      throw asRefusal(error, table);
    }
    await client.query('truncate archive_line');
    rows.add(counts[table.name]!.rows);
  }
}

/** In the order of the lines, in which what has a number gets it. */
function placement(table: ArchiveTable): string {
  const { name, columns } = table;
  const { tenantColumn = 'tenant_id', arrives = {} } = archivedTables[name]!;
  const changed = Object.entries(arrives).filter(([, value]) => value !== null);
  const values = new Map([
    [tenantColumn, 'app.tenant_id()'],
    ...columns.filter((column) => !isRetired(name, column)).map((column) => [column, `r."${column}"`] as const),
    ...(changed as [string, string][]),
    ...Object.entries(arrivals(table)),
  ]);
  const targets = [...values.keys()].map((column) => `"${column}"`).join(', ');
  return `insert into public."${name}" (${targets}) select ${[...values.values()].join(', ')}
    from archive_line l cross join lateral jsonb_populate_record(null::public."${name}", l.line) r order by l.n`;
}

/** What PostgreSQL says of data, as opposed to what it says of itself. */
const about_data = /^2[123]/;

function asRefusal(error: unknown, { name }: ArchiveTable): unknown {
  const { code, message, detail } = error as pg.DatabaseError;
  if (!code || !about_data.test(code)) return error;
  return refusal(`A line of ${tablePath(name).join('/')} breaks a rule: ${message}. ${detail ?? ''}`.trim(), error);
}

/** Reads back what has been written. */
async function compare(client: pg.Client, manifest: Manifest, tables: ArchiveTable[]): Promise<void> {
  const digests: Record<string, TableDigest> = {};
  for (const name of retiredTables) if (manifest.tables[name]) digests[name] = manifest.tables[name];
  for (const table of await asArchived(client, tables)) digests[table.name] = await readTable(client, asOld(table));
  const differing = tables.find(({ name }) => digests[name]!.sha256 !== manifest.tables[name]!.sha256);
  if (differing || contentHash(digests) !== manifest.content_sha256)
    throw refusal(
      `What was read from ${differing ? tablePath(differing.name).join('/') : 'the archive'} is not what it says. Export the workspace again.`,
    );
}

/** From here on it is a workspace like any other: what is changed leaves its trail. */
async function settle(client: pg.Client, tables: readonly ArchiveTable[]): Promise<Renamed[]> {
  await client.query(`set local app.restoring = 'off'`);
  const renamed = await recordRenamed(client);
  await cleanTexts(client);
  await renewViews(client, tables);
  for (const { settles } of Object.values(archivedTables)) if (settles) await client.query(settles);
  // Presets come with the program, whatever an older one, or somebody by hand, wrote into the archive.
  await client.query(
    `update role r set rights = p.rights from jsonb_to_recordset($1) as p (key text, rights jsonb)
     where r.tenant_id = app.tenant_id() and r.preset and r.key = p.key and r.rights is distinct from p.rights`,
    [JSON.stringify(presetRoles())],
  );
  return renamed;
}
