import { type Database, sql } from '../../database/database.ts';

interface OptionRow {
  title: string;
  provider_id: string | null;
  provider_name: string;
  provider_kind: 'google' | 'oidc';
}

export function findSignInOptions(db: Database, workspace: string | null): Promise<OptionRow[]> {
  return db.call(sql`select * from app.sign_in_options(${workspace})`);
}
