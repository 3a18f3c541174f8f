import { type Database, sql } from '../database/database.ts';
import { type Actor, withContext } from './context.ts';

/** Whether somebody may look after the installation itself, beyond any workspace. No role grants that, and no API key has it. */
export const isOperator = (db: Database, actor: Actor): Promise<boolean> =>
  withContext(db, actor, async ({ tx }) => (await tx.one<{ is: boolean }>(sql`select app.is_operator() as is`)).is, {
    mode: 'read',
  });
