import { presetRoles } from '../access/rights.ts';
import { withSystemClient } from '../database/client.ts';

interface NewTenant {
  /** In addresses: lower case letters, digits and hyphens. */
  name: string;
  title: string;
  default_currency?: string;
  time_zone?: string;
  locale?: string;
}

/**
 * Makes a tenant with the preset roles. Needs the owner's connection, which only the start of the program and the
 * command line have: the application's own role can neither insert a tenant nor become `holdfast_system`.
 */
export function createTenant(ownerUrl: string, tenant: NewTenant): Promise<{ tenant_id: string }> {
  return withSystemClient(ownerUrl, 'holdfast-tenant', async (client) => {
    await client.query('begin');
    const { rows } = await client.query<{ id: string }>(
      `insert into tenant (name, title, default_currency, time_zone, locale) values ($1, $2, $3, $4, $5) returning id`,
      [tenant.name, tenant.title, tenant.default_currency ?? 'USD', tenant.time_zone ?? 'UTC', tenant.locale ?? 'en'],
    );
    const tenant_id = rows[0]!.id;
    await client.query(
      `insert into role (tenant_id, key, name, preset, kind, rights)
       select $1, r.key, r.name, true, r.kind, r.rights from jsonb_to_recordset($2) as r (key text, name text, kind text, rights jsonb)`,
      [tenant_id, JSON.stringify(presetRoles())],
    );
    await client.query('commit');
    return { tenant_id };
  });
}

/**
 * Gives all workspaces the preset roles that this version of the program brought, and the preset roles that there are
 * their rights to what it brought, such as a new record type. Rights that a role has stay as they are. Like
 * `createTenant` it needs the owner's connection.
 */
export async function extendPresetRoles(ownerUrl: string): Promise<void> {
  const presets = JSON.stringify(presetRoles());
  await withSystemClient(ownerUrl, 'holdfast-roles', async (client) => {
    await client.query(
      `update role r set rights = p.rights || r.rights from jsonb_to_recordset($1) as p (key text, rights jsonb)
       where r.preset and r.key = p.key and not r.rights ?& array(select jsonb_object_keys(p.rights))`,
      [presets],
    );
    await client.query(
      `insert into role (tenant_id, key, name, preset, kind, rights)
       select t.id, p.key, p.name, true, p.kind, p.rights from tenant t
       cross join jsonb_to_recordset($1) as p (key text, name text, kind text, rights jsonb)
       where not exists (select from role r where r.tenant_id = t.id and (r.key = p.key or r.name = p.name))`,
      [presets],
    );
  });
}
