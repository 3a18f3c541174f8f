import { tiers as allTiers, type Tier } from '../../kernel/files/contract.ts';
import { type FileInfo, isOwnKey, kindOf } from '../../kernel/files/file-store.ts';
import { asSystem } from './catalogue.ts';
import { nothingDeleted } from './delete-past.ts';
import { type FileRun, hashIn, noteFileRun, setTier } from './file-run.ts';

const batch_keys = 500;
/** Younger ones may be written just now, and their row comes last. */
const young_ms = 3_600_000;
const day_ms = 86_400_000;
/** More orphans than a crash explains: so many, and such a share of all files. */
const orphans_max = 100;
const orphan_share_max = 0.1;

export const tooManyOrphans = (unconfirmed: number, files: number): boolean =>
  unconfirmed > orphans_max && unconfirmed > files * orphan_share_max;

type Found = FileInfo & { key: string };

/**
 * Looks at each file of each store. One that no row names is an orphan: noted now, and deleted when no row has named it
 * for some days. One whose row names another store was left over by a move that was killed.
 */
export async function sweepFiles(run: FileRun): Promise<unknown[]> {
  const { client, tiers, at } = run;
  const deleted = nothingDeleted();
  const errors: unknown[] = [];
  const guard = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      run.signal?.throwIfAborted();
      errors.push(error);
      run.log.warn({ err: error }, 'files that nothing refers to could not be looked for or deleted');
    }
  };
  await guard(async () => {
    let files = 0;
    for (const tier of allTiers) {
      const store = tiers[tier];
      if (!store) continue;
      let batch: Found[] = [];
      for await (const file of store.list()) {
        run.signal?.throwIfAborted();
        if (!isOwnKey(file.key)) continue;
        files++;
        if (file.modifiedAt.getTime() > at.getTime() - young_ms) continue;
        batch.push(file);
        if (batch.length < batch_keys) continue;
        await sort(run, tier, batch, guard);
        batch = [];
      }
      await sort(run, tier, batch, guard);
    }
    // Those that are gone, or that a row names by now.
    await asSystem(client, () => client.query('delete from public.orphan_file where seen_at < $1', [at]));
    await deleteOrphans(run, files, deleted);
    for (const store of Object.values(tiers))
      deleted.rows += await store.deleteUnfinished(new Date(at.getTime() - run.orphanDays * day_ms));
    await asSystem(client, () =>
      client.query(
        'delete from public.file_read r where not exists (select from public.file f where f.storage_key = r.storage_key)',
      ),
    );
  });
  await noteFileRun(run, 'orphan_files', deleted, errors);
  return errors;
}

interface Named {
  storage_key: string;
  storage_class: Tier;
  sha256: string;
}

/** Tells orphans from files that are named, among some of a store. */
async function sort(
  run: FileRun,
  tier: Tier,
  batch: readonly Found[],
  guard: (work: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  if (batch.length === 0) return;
  const { client, at } = run;
  const keys = batch.map(({ key }) => key);
  const named = await asSystem(client, async () => {
    const { rows } = await client.query<Named>(
      `select storage_key, storage_class, encode(sha256, 'hex') as sha256 from public.file where storage_key = any ($1)
       union all select storage_key, 'hot', '' from public.lifecycle_archive where storage_key = any ($1) and state <> 'deleted'`,
      [keys],
    );
    return new Map(rows.map((row) => [row.storage_key, row]));
  });
  const orphans = batch.filter(({ key }) => !named.has(key));
  await asSystem(client, () =>
    client.query(
      `insert into public.orphan_file (storage_key, size_bytes, modified_at, found_at, seen_at)
       select o.*, $4, $4 from unnest($1::text[], $2::bigint[], $3::timestamptz[]) o
       on conflict (storage_key) do update set seen_at = excluded.seen_at`,
      [
        orphans.map(({ key }) => key),
        orphans.map(({ sizeBytes }) => sizeBytes),
        orphans.map(({ modifiedAt }) => modifiedAt),
        at,
      ],
    ),
  );
  for (const file of batch) {
    const row = named.get(file.key);
    if (row && row.storage_class !== tier && kindOf(file.key) !== 'archive') await guard(() => settle(run, tier, row));
  }
}

/**
 * Of two copies the one that the row names stays, if it is whole; if there is none, the row learns where the other is.
 */
async function settle({ client, tiers, log }: FileRun, here: Tier, row: Named): Promise<void> {
  const { storage_key: key, storage_class: there, sha256 } = row;
  const store = tiers[there];
  if (store && (await store.head(key)) && (await hashIn(store, key)) === sha256) {
    await tiers[here]!.delete(key);
    log.info({ key }, `deleted what a move left over in the ${here} store`);
  } else if ((await hashIn(tiers[here]!, key)) === sha256) {
    await setTier(client, key, there, here);
    log.info({ key }, `the file is in the ${here} store, which its row says now`);
  }
}

async function deleteOrphans(run: FileRun, files: number, deleted: { rows: number; bytes: number }): Promise<void> {
  const { client, tiers, at, orphanDays } = run;
  const due = await asSystem(client, async () => {
    const { rows } = await client.query<{ storage_key: string; size_bytes: number; unconfirmed: number }>(
      `select storage_key, size_bytes::float8 as size_bytes, confirmed_at is null as unconfirmed from public.orphan_file o
       where found_at <= $1::timestamptz - make_interval(days => $2)
         and not app.is_held('orphan_files', split_part(storage_key, '/', 1)::uuid, modified_at, modified_at)
           order by found_at, storage_key`,
      [at, orphanDays],
    );
    return rows;
  });
  const unconfirmed = due.filter((orphan) => orphan.unconfirmed).length;
  const tooMany = tooManyOrphans(unconfirmed, files);
  for (const { storage_key, size_bytes } of due.filter((orphan) => !tooMany || !orphan.unconfirmed)) {
    run.signal?.throwIfAborted();
    // A row may name it by now, as after a restore.
    const mine = await asSystem(client, async () => {
      const { rowCount } = await client.query(
        `delete from public.orphan_file o where o.storage_key = $1 and not exists (select from public.file f
          where f.storage_key = o.storage_key)
           and not exists (select from public.lifecycle_archive a where a.storage_key = o.storage_key and a.state <> 'deleted')`,
        [storage_key],
      );
      return rowCount === 1;
    });
    if (!mine) continue;
    for (const store of Object.values(tiers)) await store.delete(storage_key);
    deleted.rows++;
    deleted.bytes += size_bytes;
  }
  if (tooMany)
    throw new Error(
      `${unconfirmed} of ${files} files in the store are named by nothing, more than a crash leaves behind. Does another installation use this store, or was the database restored from an older backup? If they may go, say so on the page Lifecycle.`,
    );
}
