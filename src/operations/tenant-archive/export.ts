import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { problems } from '../../kernel/errors/problem.ts';
import { type FileStore, isFileNotFound, measure } from '../../kernel/files/file-store.ts';
import { Counter } from '../counter.ts';
import { hasSealedTexts } from '../personal-sealing/history.ts';
import { filePath, tablePath } from './archive.ts';
import {
  contentHash,
  hashTable,
  nowhere,
  readTable,
  type StoredRow,
  storedFiles,
  type TableDigest,
  type TableHash,
  withSnapshot,
} from './content.ts';
import { format, format_version, type Manifest, sealManifest } from './manifest.ts';
import { archiveTables } from './tables.ts';

export interface Source {
  /** As the application. */
  databaseUrl: string;
  store: Pick<FileStore, 'get'>;
  tenant_id: string;
  say?: (line: string) => void;
}

/** Writes a whole workspace into an empty folder. The manifest comes last: a folder without one is no archive. */
export function exportTenant(source: Source, folder: string): Promise<Manifest> {
  return withSnapshot(source.databaseUrl, source.tenant_id, async (client) => {
    await refuseSealed(client);
    await makeFolders(folder);
    const tables = await readTables(client, (name) => newFile(folder, tablePath(name)), source.say);
    const files = await readFiles(client, source.store, ({ id }) => newFile(folder, filePath(id)));
    const { rows } = await client.query(
      `select name, (select to_jsonb(date_trunc('milliseconds', min(at))) #>> '{}' from audit_event
        where tenant_id = app.tenant_id()) as first_event_at
       from tenant where id = app.tenant_id()`,
    );
    const manifest = sealManifest({
      format,
      format_version,
      exported_at: new Date().toISOString(),
      workspace: rows[0].name,
      first_event_at: rows[0].first_event_at && new Date(rows[0].first_event_at).toISOString(),
      tables,
      files,
      content_sha256: contentHash(tables),
    });
    await writeManifest(folder, manifest);
    return manifest;
  });
}

/** Personal texts that are sealed open with keys that stay here; an archive without them would pass for a whole one. */
async function refuseSealed(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ seals: boolean }>(
    `select personal_sealing <> 'off' or ${hasSealedTexts('(select app.tenant_id())')} as seals from tenant where id = app.tenant_id()`,
  );
  if (rows[0]?.seals)
    throw problems.conflict(
      'This workspace seals personal texts, which open nowhere else. Have its administrator stop that (Settings, Sealed fields) and wait until the page says that personal texts are not sealed; texts that do not open are listed there, and what to do with them. Then export it, and seal again afterwards.',
    );
}

/**
 * The content of a workspace in one number: the same for an equal workspace under another name, in another
 * installation.
 */
export function hashTenant(source: Source): Promise<string> {
  return withSnapshot(source.databaseUrl, source.tenant_id, async (client) => {
    const tables = await readTables(client, nowhere, source.say);
    // That the bytes are those whose hash the rows have, is part of it.
    await readFiles(client, source.store, nowhere);
    return contentHash(tables);
  });
}

/** Rows and hash of each table of a workspace, or of some, as they are or as an exported snapshot has them. */
export const hashTables = (
  databaseUrl: string,
  tenant_id: string,
  { snapshot, only }: { snapshot?: string; only?: ReadonlySet<string> } = {},
): Promise<Record<string, TableHash>> =>
  withSnapshot(
    databaseUrl,
    tenant_id,
    async (client) => {
      const hashes: Record<string, TableHash> = {};
      for (const table of await archiveTables(client))
        if (only?.has(table.name) ?? true) hashes[table.name] = await hashTable(client, table);
      return hashes;
    },
    snapshot,
  );

async function readTables(
  client: pg.Client,
  sink: (name: string) => Writable,
  say: (line: string) => void = () => {},
): Promise<Record<string, TableDigest>> {
  const digests: Record<string, TableDigest> = {};
  const rows = new Counter(say, (total) => `  ${total} records are read`);
  for (const table of await archiveTables(client)) {
    const digest = await readTable(client, table, sink(table.name));
    digests[table.name] = digest;
    rows.add(digest.rows);
  }
  return digests;
}

async function readFiles(
  client: pg.Client,
  store: Pick<FileStore, 'get'>,
  sink: (file: StoredRow) => Writable,
): Promise<Manifest['files']> {
  const files = { count: 0, size_bytes: 0 };
  for await (const file of storedFiles(client)) {
    const measured = measure(await store.get(file.storage_key).catch(asProblem(file)), Number.POSITIVE_INFINITY);
    await pipeline(measured.stream, sink(file));
    if (measured.result().sha256 !== file.sha256)
      throw problems.conflict(
        `The stored bytes of “${file.name}” (file ${file.id}) are not those that were stored. Restore them, or delete the file.`,
      );
    files.count++;
    files.size_bytes += file.size_bytes;
  }
  return files;
}

const asProblem =
  (file: StoredRow) =>
  (error: unknown): never => {
    if (!isFileNotFound(error)) throw error;
    throw problems.conflict(
      `“${file.name}” (file ${file.id}) is not in the file store. If somebody deleted it just now, start again; else restore its bytes, or delete the file.`,
    );
  };

async function makeFolders(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw problems.conflict(`${folder} is not empty. Name a new or an empty folder.`);
  for (const name of ['tables', 'files']) await mkdir(join(folder, name), { mode: 0o700 });
}

/** Nobody else may read it: it holds all that people have entrusted to the workspace. */
const newFile = (folder: string, path: [string, string]): Writable =>
  createWriteStream(join(folder, ...path), { flags: 'wx', mode: 0o600, flush: true });

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const unfinished = join(folder, '.manifest.json');
  const handle = await open(unfinished, 'wx', 0o600);
  await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
  await handle.sync();
  await handle.close();
  await rename(unfinished, join(folder, 'manifest.json'));
}
