import type pg from 'pg';
import type { MasterKeys } from '../../../kernel/vault/master-key.ts';
import { connect } from '../../connection.ts';
import type { BackupStore } from '../backup-store.ts';
import type { LogicalManifest } from '../manifest.ts';
import { emptyDatabase, type LoadOptions, loadBackup } from './load.ts';

/** Stands in the database for as long as a proof uses it. */
const proof_schema = 'holdfast_proof';

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

/**
 * Held from before anything is cleared until all is done: two installations, or two nodes, may have named one database.
 */
async function lockDatabase(ownerUrl: string, mark: string): Promise<pg.Client> {
  const client = await connect(ownerUrl, 'holdfast-proof');
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [mark]);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/**
 * Loads a backup into an empty database, in which a schema, the mark, stands until `finish` or `clear`: so the next one
 * knows what one that was killed has left, and clears it. Waits for another that has the same mark.
 */
export async function loadMarked(
  backups: BackupStore,
  manifest: LogicalManifest,
  { mark, ownerUrl, masterKeys, say }: { mark: string } & Pick<LoadOptions, 'ownerUrl' | 'masterKeys' | 'say'>,
): Promise<{ rows: number; finish(): Promise<void>; clear(): Promise<void>; release(): Promise<void> }> {
  const finish = async () => void (await run(ownerUrl, `drop schema if exists ${mark}`));
  const clear = async () => {
    await emptyDatabase(ownerUrl);
    await finish();
  };
  const lock = await lockDatabase(ownerUrl, mark);
  try {
    const left = await run(ownerUrl, `select from pg_namespace where nspname = '${mark}'`);
    if (left.length > 0) await clear();
    const { rows } = await loadBackup(backups, manifest, {
      ownerUrl,
      masterKeys,
      say,
      begin: async () => void (await run(ownerUrl, `create schema ${mark}`)),
    }).catch(async (error: unknown) => {
      await finish().catch(() => {});
      throw error;
    });
    return { rows, finish, clear, release: () => lock.end() };
  } catch (error) {
    await lock.end();
    throw error;
  }
}

/** Loads a backup into the database that the operator has named for proofs, and leaves it empty again. */
export async function loadForProof(
  backups: BackupStore,
  manifest: LogicalManifest,
  { ownerUrl, masterKeys }: { ownerUrl: string; masterKeys: MasterKeys },
): Promise<{ server: ProofServer; rows: number }> {
  const { rows, clear, release } = await loadMarked(backups, manifest, {
    mark: proof_schema,
    ownerUrl,
    masterKeys,
    say: () => {},
  });
  return { server: { ownerUrl, stop: () => clear().finally(release) }, rows };
}
