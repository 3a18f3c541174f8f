import { randomUUID } from 'node:crypto';
import { tiers as allTiers, type Tier } from '../../kernel/files/contract.ts';
import { fileKey, isFileNotFound } from '../../kernel/files/file-store.ts';
import type { Tiers } from '../../kernel/files/tiered-store.ts';
import { system_tenant_id } from '../../kernel/tenancy/context.ts';
import { asSystem } from './catalogue.ts';
import { nothingDeleted } from './delete-past.ts';
import { type FileRun, hashIn, noteFileRun, setTier } from './file-run.ts';

const page_rows = 500;

interface Misplaced {
  storage_key: string;
  storage_class: Tier;
  wanted: Tier;
  sha256: string;
  size_bytes: number;
  content_type: string;
}

/**
 * Moves uploaded files to where they belong by their age. What fails is told at the end, and does not keep the others
 * from moving.
 */
export async function moveFiles(run: FileRun): Promise<unknown[]> {
  const moved = nothingDeleted();
  const errors: unknown[] = [];
  try {
    for await (const file of misplaced(run)) {
      run.signal?.throwIfAborted();
      try {
        if (!(await move(run, file))) continue;
        moved.rows++;
        moved.bytes += file.size_bytes;
      } catch (error) {
        run.signal?.throwIfAborted();
        errors.push(error);
        run.log.warn({ err: error }, `the file ${file.storage_key} could not be moved to the ${file.wanted} store`);
      }
    }
  } catch (error) {
    run.signal?.throwIfAborted();
    errors.unshift(error);
  }
  await noteFileRun(run, 'file_tiers', moved, errors);
  return errors;
}

async function* misplaced({ client, at, warmDays, coldDays, tiers }: FileRun): AsyncGenerator<Misplaced> {
  // Without a store, files that were there are wanted in the one before.
  const days = [tiers.warm ? warmDays : 0, tiers.cold ? coldDays : 0];
  for (let last = ''; ; ) {
    const rows = await asSystem(client, async () => {
      const { rows } = await client.query<Misplaced>(
        `select f.storage_key, f.storage_class, w.wanted, encode(f.sha256, 'hex') as sha256, f.size_bytes::float8 as size_bytes,
          f.content_type
         from public.file f left join public.file_read r on r.storage_key = f.storage_key
         cross join lateral (select app.tier_of(greatest(f.created_at, r.read_at), $1, $2, $3) as wanted) w
         where f.kind = 'upload' and f.expires_at is null and f.storage_class <> w.wanted and f.storage_key > $4
         order by f.storage_key limit ${page_rows}`,
        [at, ...days, last],
      );
      return rows;
    });
    yield* rows;
    if (rows.length < page_rows) return;
    last = rows.at(-1)!.storage_key;
  }
}

/**
 * Copies, compares, changes the row, deletes the old: wherever it stops, the row names a store that has the file, and
 * what is left over elsewhere is deleted by the next run. False when the file was deleted meanwhile.
 */
async function move(run: FileRun, file: Misplaced): Promise<boolean> {
  const { client, tiers, after } = run;
  const { storage_key: key, storage_class: from, wanted: to, sha256, size_bytes, content_type } = file;
  const [source, target] = [storeOf(tiers, from), storeOf(tiers, to)];
  const body = await source.get(key).catch((error: unknown) => {
    if (isFileNotFound(error)) return undefined;
    throw error;
  });
  if (!body) return adopt(run, file);
  const stored = await target.put(key, body, { contentType: content_type, sizeBytesMax: size_bytes });
  const found = await hashIn(target, key);
  if (stored.sha256 !== sha256 || found !== sha256) {
    await target.delete(key);
    throw new Error(
      `The file ${key} of the ${from} store has the hash ${stored.sha256}, its copy in the ${to} store ${found}, but it was uploaded with ${sha256}. It stays where it is: look at it, and restore it from a backup if it is damaged.`,
    );
  }
  await after?.('copied', key);
  if (!(await setTier(client, key, from, to))) {
    await target.delete(key);
    return false;
  }
  await after?.('moved', key);
  await source.delete(key);
  await after?.('source_deleted', key);
  return true;
}

/** Its store does not have it, as after a restore, which puts all files into the first: the row learns where it is. */
async function adopt({ client, tiers }: FileRun, { storage_key, storage_class, sha256 }: Misplaced): Promise<boolean> {
  for (const tier of allTiers) {
    const store = tiers[tier];
    if (tier === storage_class || !store || !(await store.head(storage_key))) continue;
    if ((await hashIn(store, storage_key)) === sha256) return setTier(client, storage_key, storage_class, tier);
  }
  throw new Error(`No store has the file ${storage_key}. Restore it from a backup.`);
}

const settings: Record<Exclude<Tier, 'hot'>, string> = { warm: 'FILES_WARM_URL', cold: 'FILES_COLD_URL' };

function storeOf(tiers: Tiers, tier: Tier) {
  const store = tiers[tier];
  if (store) return store;
  throw new Error(
    `Files are in the ${tier} store, but ${settings[tier as 'warm' | 'cold']} is not set. Set it again; to give that store up, first set its …_AFTER_DAYS to 0 until all files are back.`,
  );
}

/** Two names of one place would have a run delete the only copy, as what a move left over. */
export async function refuseOnePlace(tiers: Tiers): Promise<void> {
  if (!tiers.warm && !tiers.cold) return;
  const key = fileKey(system_tenant_id, 'temp', randomUUID());
  for (const tier of allTiers) {
    const store = tiers[tier];
    if (!store) continue;
    await store.put(key, Buffer.from('A test whether two stores are one'), {
      contentType: 'text/plain',
      sizeBytesMax: 100,
    });
    try {
      for (const other of allTiers)
        if (other !== tier && (await tiers[other]?.head(key)))
          throw new Error(`The ${tier} and the ${other} store are the same place. Give each one of its own.`);
    } finally {
      await store.delete(key);
    }
  }
}
