import { type Database, sql } from '../database/database.ts';
import { type Actor, withContext } from './context.ts';

/**
 * Whether somebody may look after the installation itself, beyond any workspace. No role grants that, and no API key
 * has it. `named`: whether they are an operator, who may have signed in without a second factor, which is not enough.
 */
export const operatorStanding = (db: Database, actor: Actor): Promise<{ is: boolean; named: boolean }> =>
  withContext(
    db,
    actor,
    ({ tx }) =>
      tx.one(sql`select app.is_operator() as is, exists (select from operator
      where tenant_id = ${actor.tenant_id} and user_id = ${actor.user_id}) as named`),
    { mode: 'read' },
  );
