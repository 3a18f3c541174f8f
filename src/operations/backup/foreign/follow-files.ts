import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../kernel/config/config.ts';
import type { Services } from '../../../kernel/services.ts';
import type { MasterKeys } from '../../../kernel/vault/master-key.ts';
import { openOwnBackups } from '../catalogue.ts';
import { FileShipper } from '../file-shipper.ts';
import { flush_seconds } from '../wal-stream.ts';

/** Puts files into the backup store about as soon as the tool has the log that names them, until stopped. */
export function followFiles(
  config: Config,
  { files, log }: Pick<Services, 'files' | 'log'>,
  masterKeys: MasterKeys,
): () => Promise<void> {
  const stopped = new AbortController();
  const pause = () => sleep(flush_seconds * 1_000, undefined, { signal: stopped.signal }).catch(() => {});
  const ship = async () => {
    const backups = await openOwnBackups(config, masterKeys);
    if (!backups) return;
    const shipper = new FileShipper({ url: config.DATABASE_URL!, store: files, backups, log });
    stopped.signal.addEventListener('abort', () => void shipper.close().catch(() => {}), { once: true });
    try {
      await shipper.catchUp();
      for (; !stopped.signal.aborted; await pause()) await shipper.ship();
    } finally {
      await shipper.close().catch(() => {});
      backups.store.close();
    }
  };
  const following = (async () => {
    for (; !stopped.signal.aborted; await pause())
      await ship().catch((error: Error) => {
        if (!stopped.signal.aborted) log.warn({ err: error }, 'new files could not be put into the backup store');
      });
  })();
  return async () => {
    stopped.abort();
    await following;
  };
}
