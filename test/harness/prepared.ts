import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const lock_id = 7_041_778;

/**
 * Fills a folder with what `make` makes in one, which takes long: the first test file of a run that needs it makes it,
 * and all get a copy. It lies among the temporary files of the run, and ends with them.
 */
export async function fillPrepared(
  folder: string,
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  // All files of a run have the same parent.
  const prepared = join(tmpdir(), `holdfast-prepared-${process.ppid}-${name}`);
  const cluster = new pg.Client({ connectionString: process.env.HOLDFAST_TEST_DATABASE_URL! });
  await cluster.connect();
  try {
    await cluster.query('select pg_advisory_lock($1)', [lock_id]);
    if (!existsSync(prepared)) {
      const unfinished = `${prepared}.${process.pid}`;
      await mkdir(unfinished);
      await make(unfinished);
      await rename(unfinished, prepared);
    }
  } finally {
    await cluster.end();
  }
  // Of PostgreSQL's files another account is the owner.
  execFileSync('cp', ['-a', `${prepared}/.`, folder]);
}
