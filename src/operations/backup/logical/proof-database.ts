import type pg from 'pg';
import type { MasterKeys } from '../../../kernel/vault/master-key.ts';
import { connect } from '../../connection.ts';
import type { BackupStore } from '../backup-store.ts';
import type { LogicalManifest } from '../manifest.ts';
import { emptyDatabase, loadBackup } from './load.ts';

/** Stands in the database for as long as a proof uses it, so that the next one knows what one that was killed has left. */
const mark = 'holdfast_proof';

export interface ProofServer {
  ownerUrl: string;
  superuserUrl?: string;
  stop(): Promise<void>;
}

async function run(ownerUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = await connect(ownerUrl, 'holdfast-proof');
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

/** Held from before anything is cleared until all is clear again: two installations, or two nodes, may have named one database. */
async function lockDatabase(ownerUrl: string): Promise<pg.Client> {
  const client = await connect(ownerUrl, 'holdfast-proof');
  try {
    await client.query(`select pg_advisory_lock(hashtextextended('${mark}', 0))`);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Loads a backup into the database that the operator has named for proofs, and leaves it empty again. Waits for another proof there. */
export async function loadForProof(
  backups: BackupStore,
  manifest: LogicalManifest,
  { ownerUrl, masterKeys }: { ownerUrl: string; masterKeys: MasterKeys },
): Promise<{ server: ProofServer; rows: number }> {
  const clear = async () => {
    await emptyDatabase(ownerUrl);
    await run(ownerUrl, `drop schema if exists ${mark}`);
  };
  const lock = await lockDatabase(ownerUrl);
  try {
    const left = await run(ownerUrl, `select from pg_namespace where nspname = '${mark}'`);
    if (left.length > 0) await clear();
    const { rows } = await loadBackup(backups, manifest, {
      ownerUrl,
      masterKeys,
      say: () => {},
      begin: async () => void (await run(ownerUrl, `create schema ${mark}`)),
    }).catch(async (error: unknown) => {
      await run(ownerUrl, `drop schema if exists ${mark}`).catch(() => {});
      throw error;
    });
    return { server: { ownerUrl, stop: () => clear().finally(() => lock.end()) }, rows };
  } catch (error) {
    await lock.end();
    throw error;
  }
}
