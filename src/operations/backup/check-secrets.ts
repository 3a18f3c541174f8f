import type pg from 'pg';
import { system_tenant_id } from '../../kernel/tenancy/context.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { fieldRing, type KeyRing, openBytes } from '../../kernel/vault/seal.ts';
import { connectAsSystem } from '../connection.ts';
import type { Found } from './checks.ts';

export interface SealedColumn {
  table: string;
  column: string;
  /** The column whose value a sealed value is bound to. */
  row: string;
  /** The column that it is bound to, where it is not the one in which it stands. */
  boundTo?: string;
  /** Whether its rows are of no workspace. */
  ofInstallation?: true;
}

/** Every column whose values the key of the installation seals; the check fails for one that is not named here. */
const sealedColumns: readonly SealedColumn[] = [
  { table: 'user_totp', column: 'sealed_secret', row: 'user_id' },
  { table: 'sign_in_provider', column: 'sealed_client_secret', row: 'id' },
  { table: 'webhook', column: 'sealed_secret', row: 'id' },
  // A secret moves there when a new one takes its place.
  { table: 'webhook', column: 'sealed_old_secret', row: 'id', boundTo: 'sealed_secret' },
  { table: 'workspace_key', column: 'sealed_key', row: 'id' },
  { table: 'mail_connection', column: 'sealed_password', row: 'mailbox_id' },
  { table: 'calendar_account', column: 'sealed_password', row: 'id' },
  { table: 'language_model', column: 'sealed_key', row: 'id' },
  { table: 'google_client', column: 'sealed_client_secret', row: 'id' },
  { table: 'alert_receiver', column: 'sealed_secret', row: 'id', ofInstallation: true },
];

/** How many values of each column are opened; of more than that a sample, another each time. */
const opened_max = 20_000;

/**
 * Whether what is sealed in the restored database opens with the keys of now, among them those of before a rotation.
 */
export async function checkSecrets(ownerUrl: string, masterKeys: MasterKeys): Promise<Found<undefined>> {
  const ring = fieldRing(masterKeys);
  const client = await connectAsSystem(ownerUrl, 'holdfast-proof');
  try {
    const total = { opened: 0, there: 0 };
    for (const column of await columnsThere(client)) {
      const { opened, there } = await openColumn(client, ring, column);
      total.opened += opened;
      total.there += there;
    }
    return { detail: `${total.opened} of ${total.there} secrets open with the key`, result: undefined };
  } finally {
    await client.end();
  }
}

/** The columns that the key of the installation seals and that exist: a database of an earlier version lacks some. */
export async function columnsThere(client: pg.Client): Promise<SealedColumn[]> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select c.relname::text as table, a.attname::text as column from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and a.atttypid = 'bytea'::regtype and a.attname like 'sealed\\_%' and not a.attisdropped order by 1, 2`,
  );
  return rows.map(({ table, column }) => {
    const known = sealedColumns.find((one) => one.table === table && one.column === column);
    if (known) return known;
    throw new Error(
      `How ${table}.${column} is sealed is not known here: name it in operations/backup/check-secrets.ts`,
    );
  });
}

async function openColumn(
  client: pg.Client,
  ring: KeyRing,
  { table, column, row, boundTo = column, ofInstallation }: SealedColumn,
): Promise<{ opened: number; there: number }> {
  const { rows: counted } = await client.query<{ there: number }>(
    `select count(*)::float8 as there from public.${table} where ${column} is not null`,
  );
  const { there } = counted[0]!;
  const { rows } = await client.query<{ tenant: string; row: string; sealed: Buffer }>(
    `select ${ofInstallation ? `'${system_tenant_id}'` : 'tenant_id'} as tenant, ${row} as row, ${column} as sealed from public.${table}
     where ${column} is not null ${there > opened_max ? 'order by random()' : ''} limit ${opened_max}`,
  );
  for (const { tenant, row: id, sealed } of rows) {
    try {
      openBytes(ring, sealed, { tenant, table, column: boundTo, row: id });
    } catch (error) {
      throw new Error(`${column} of ${table} ${id} does not open: ${(error as Error).message}`, { cause: error });
    }
  }
  return { opened: rows.length, there };
}
