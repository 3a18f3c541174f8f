import { type Database, sql } from '../../kernel/database/database.ts';

/** What is wrong with the outcome of jobs, in words; nothing when all is well. */
export async function jobTroubles(db: Database): Promise<string> {
  const [row] = await db.call<{ doubtful: number }>(sql`select app.jobs_in_doubt() as doubtful`);
  const { doubtful } = row!;
  if (doubtful === 0) return '';
  const message = doubtful === 1 ? 'The outcome of a job is in doubt' : `The outcome of ${doubtful} jobs is in doubt`;
  return message;
}

/** How many jobs failed for good within a day, and were not run again since. */
export async function countFailedJobs(db: Database): Promise<number> {
  const [row] = await db.call<{ failed: number }>(sql`select app.jobs_failed_lately() as failed`);
  return row!.failed;
}
