import { sql } from '../../../kernel/database/database.ts';

/** When a new task that is done was completed. */
export const completedNow = sql`now()`;

/** When a task that is done now was completed: a task done before keeps its time. */
export const completedFirst = sql`coalesce(completed_at, now())`;
