import type pg from 'pg';
import { system_tenant_id } from '../../kernel/tenancy/context.ts';
import { type KeyRing, openBytes, sealBytes } from '../../kernel/vault/seal.ts';
import { columnsThere, type SealedColumn } from '../backup/check-secrets.ts';

/** Asks to stop, between transactions. */
export type Stop = Pick<AbortSignal, 'throwIfAborted'>;

const rows_max = 500;

/** The version of its master key, in what src/kernel/vault/seal.ts seals. */
const versionIn = (column: string): string => `substring(${column} from 2 for 4)`;

/** The bytes of a version as they stand there. */
function versionBytes(version: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(version);
  return bytes;
}

/** How many secrets and workspace keys a master key before the current one sealed. The client sees all workspaces. */
export async function countOldSecrets(client: pg.Client, { current }: KeyRing): Promise<number> {
  let count = 0;
  for (const { table, column } of await columnsThere(client)) {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from public.${table} where ${versionIn(column)} < $1`,
      [versionBytes(current)],
    );
    count += rows[0]!.count;
  }
  return count;
}

/**
 * Seals with the current master key what one before it sealed, row by row, so that it may end anywhere and go on later.
 * What changes meanwhile is left to whoever changes it, who seals with the current key. A process that has no newer
 * key yet leaves alone what that sealed. Answers how many there were.
 */
export async function resealSecrets(client: pg.Client, ring: KeyRing, signal?: Stop): Promise<number> {
  let count = 0;
  for (const column of await columnsThere(client)) count += await resealColumn(client, ring, column, signal);
  return count;
}

async function resealColumn(
  client: pg.Client,
  ring: KeyRing,
  { table, column, row, boundTo = column, ofInstallation }: SealedColumn,
  signal: Stop | undefined,
): Promise<number> {
  const tenant = ofInstallation ? `'${system_tenant_id}'::uuid` : 'tenant_id';
  let count = 0;
  for (let after = ''; ; ) {
    signal?.throwIfAborted();
    const { rows } = await client.query<{ tenant: string; row: string; sealed: Buffer }>(
      `select ${tenant} as tenant, ${row} as row, ${column} as sealed from public.${table}
       where ${versionIn(column)} < $1 and ${row}::text > $2 order by ${row}::text limit ${rows_max}`,
      [versionBytes(ring.current), after],
    );
    for (const { tenant: of, row: id, sealed } of rows) {
      signal?.throwIfAborted();
      const binding = { tenant: of, table, column: boundTo, row: id };
      const fresh = sealBytes(ring, openBytes(ring, sealed, binding), binding);
      await client.query('begin');
      try {
        await client.query(
          `select set_config('app.tenant_id', $1, true), set_config('app.actor_kind', 'system', true)`,
          [of],
        );
        await client.query(`update public.${table} set ${column} = $1 where ${row} = $2 and ${column} = $3`, [
          fresh,
          id,
          sealed,
        ]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
    }
    count += rows.length;
    if (rows.length < rows_max) return count;
    after = rows.at(-1)!.row;
  }
}
