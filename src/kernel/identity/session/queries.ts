import type { Rights } from '../../access/rights.ts';
import { type Database, sql } from '../../database/database.ts';
import { session_idle_days_max } from '../limits.ts';

interface FoundSession {
  tenant_id: string;
  id: string;
  user_id: string;
  rights: Rights[];
}

interface FoundApiKey {
  tenant_id: string;
  id: string;
  user_id: string | null;
  role_rights: Rights;
  scopes: Rights | null;
  person_rights: Rights[] | null;
}

export async function findSession(db: Database, hash: Buffer): Promise<FoundSession | undefined> {
  const [found] = await db.call<FoundSession>(
    sql`select * from app.authenticate_session(${hash}, make_interval(days => ${session_idle_days_max}))`,
  );
  return found;
}

export async function findApiKey(db: Database, hash: Buffer): Promise<FoundApiKey | undefined> {
  const [found] = await db.call<FoundApiKey>(sql`select * from app.authenticate_api_key(${hash})`);
  return found;
}
