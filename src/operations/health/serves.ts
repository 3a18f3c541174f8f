import { randomBytes } from 'node:crypto';
import { recordTypeNames, resourceNamed } from '../../kernel/contract/resource.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import { settingsOf, system_tenant_id, systemActor } from '../../kernel/tenancy/context.ts';

/**
 * That requests are served is asked so often at most: each time costs a new connection. Until a failure is noticed it
 * takes as long.
 */
export const serving_known_ms = 2_000;
const too_many_connections = '53300';

interface Known {
  /** When the last of them began that went well, by `performance.now()`. */
  served_at: number;
  asking: Promise<string> | undefined;
}

const known = new WeakMap<Database, Known>();

/**
 * Does what each request needs, on a connection that is opened for it: signs in to the database as the application,
 * looks up who a caller is, and reads records through their policies. Connections that are open already would go on
 * after the database has stopped letting the application in. Answers a remark.
 */
export function checkServing(db: Database): Promise<string> {
  const found = known.get(db) ?? { served_at: Number.NEGATIVE_INFINITY, asking: undefined };
  known.set(db, found);
  const began = performance.now();
  if (began - found.served_at < serving_known_ms) return Promise.resolve('');
  found.asking ??= serve(db)
    .then((remark) => {
      found.served_at = began;
      return remark;
    })
    .finally(() => {
      found.asking = undefined;
    });
  return found.asking;
}

async function serve(db: Database): Promise<string> {
  const nobody = settingsOf(systemActor(system_tenant_id));
  try {
    await db.onNewConnection(nobody, async (tx) => {
      await tx.many(sql`select from app.authenticate_api_key(${randomBytes(32)})`);
      // Policies ask these of each row; the workspace of the program has no records.
      await tx.many(
        sql`select app.tenant_id(), app.full_scope(r, 'read'), app.scope_owners(r, 'read') from unnest(${recordTypeNames()}::text[]) as r`,
      );
      for (const name of recordTypeNames())
        await tx.many(sql`select from ${sql.table(resourceNamed(name)!.table)} limit 1`);
    });
    return '';
  } catch (error) {
    // Those that are open serve on, more slowly.
    if ((error as { code?: string }).code === too_many_connections) return 'The database takes no more connections';
    throw error;
  }
}
