import type { Config } from '../../kernel/config/config.ts';
import { startEmbeddedPostgres } from '../../kernel/database/embedded.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import type { BackupStore } from './backup-store.ts';
import { restoreByTool, toolFor } from './foreign/tool.ts';
import { loadBackup } from './logical/load.ts';
import type { ProofServer } from './logical/proof-database.ts';
import type { BackupManifest } from './manifest.ts';
import { checkEmpty, restoreDatabase, type Target } from './restore.ts';

interface RestoreOptions {
  dir: string;
  target: Target;
  masterKeys: MasterKeys;
  /** With the tool that has the database, where another one backs it up. */
  config: Config;
  settings?: Record<string, string>;
  say: (line: string) => void;
}

/**
 * Makes the data directory of an installation from a backup of either kind, and starts its database. A logical one
 * leads to the moment that it recorded, whatever the target; then also how many rows were loaded.
 */
export async function restoreBackup(
  backups: BackupStore,
  manifest: BackupManifest,
  { dir, target, masterKeys, config, settings = {}, say }: RestoreOptions,
): Promise<{ server: ProofServer; rows: number | null }> {
  if (manifest.kind === 'base')
    return { server: await restoreDatabase(backups, manifest, { dir, target, settings, say }), rows: null };
  if (manifest.kind === 'mark') {
    const tool = toolFor(config, manifest);
    const { server } = await restoreByTool(tool, manifest, {
      dir,
      target,
      settings,
      installation: backups.installation,
    });
    return { server, rows: null };
  }
  await checkEmpty(dir);
  const server = await startEmbeddedPostgres({ dataDir: dir, log: say, settings });
  try {
    const { rows } = await loadBackup(backups, manifest, { ownerUrl: server.ownerUrl, masterKeys, say });
    return { server, rows };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
