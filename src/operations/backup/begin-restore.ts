import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stopEmbedded } from '../../kernel/database/embedded.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { lockFolder } from '../../kernel/folder-lock.ts';
import { restoreMarker } from '../../kernel/unfinished-restore.ts';
import { allowedBeside, checkEmpty } from './restore.ts';

/**
 * Marks an empty folder as one that a restore fills, until `finished`. What an earlier restore into it has left, which
 * did not finish, is cleared away with its PostgreSQL, which a kill of the command line leaves running.
 */
export async function beginRestore(
  dir: string,
  say: (line: string) => void,
): Promise<{ finished(): Promise<void>; release(): void }> {
  const marker = restoreMarker(dir);
  const isLeft = existsSync(marker);
  if (!isLeft) await checkEmpty(dir);
  await mkdir(marker, { recursive: true, mode: 0o700 });
  const lock = lockFolder(marker);
  if (!lock) throw problems.conflict(`Another restore into ${dir} is running.`);
  if (isLeft) {
    say(`An earlier restore into ${dir} did not finish: clearing away what it left`);
    await stopEmbedded(dir, say);
    for (const name of await readdir(dir))
      if (!allowedBeside.includes(name)) await rm(join(dir, name), { recursive: true, force: true });
  }
  return { finished: () => rm(marker, { recursive: true, force: true }), release: () => lock.release() };
}
