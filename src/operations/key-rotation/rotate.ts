import type pg from 'pg';
import type { Database } from '../../kernel/database/database.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { KeyRing } from '../../kernel/vault/seal.ts';
import { sealLeftovers } from '../personal-sealing/finish.ts';
import { countOldSecrets, resealSecrets, type Stop } from './secrets.ts';
import { countLeft, finishRotation, type Left, lackingPartsSql } from './workspace-keys.ts';

export interface Rotated extends Left {
  /** Sealed by a master key before the current one: workspace keys, and secrets such as those of webhooks. */
  secrets: number;
}

interface Rotation {
  /** Sees all workspaces. */
  client: pg.Client;
  db: Database;
  ring: KeyRing;
}

/**
 * Workspaces of which a key was replaced, or with values that have no index of parts yet. Replaced data keys stay for
 * old versions in the trail, so these are looked at again each time.
 */
async function rotatedWorkspaces(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{
    tenant_id: string;
  }>(`select tenant_id from workspace_key where replaced_at is not null
    union select tenant_id from data_key where replaced_at is not null
    ${lackingPartsSql()
      .map((one) => `union ${one}`)
      .join('\n    ')} order by 1`);
  return rows.map(({ tenant_id }) => tenant_id);
}

/**
 * Does what is left of rotations of every level. It may be stopped anywhere, and goes on where it was when it is called
 * again.
 */
export async function finishRotations({ client, db, ring }: Rotation, signal?: Stop): Promise<Rotated> {
  const done = { secrets: await resealSecrets(client, ring, signal), data_keys: 0, values: 0 };
  for (const tenant_id of await rotatedWorkspaces(client)) {
    const { data_keys, values } = await finishRotation(db, tenant_id, signal);
    done.data_keys += data_keys;
    done.values += values;
  }
  done.values += await sealLeftovers({ client, db }, signal);
  return done;
}

/** How much of that there is. */
export async function countRotationsLeft({ client, db, ring }: Rotation): Promise<Rotated> {
  const left = { secrets: await countOldSecrets(client, ring), data_keys: 0, values: 0 };
  for (const tenant_id of await rotatedWorkspaces(client)) {
    const { data_keys, values } = await withContext(db, systemActor(tenant_id), countLeft);
    left.data_keys += data_keys;
    left.values += values;
  }
  return left;
}
