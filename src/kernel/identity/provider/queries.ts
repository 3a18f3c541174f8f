import { type Database, sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

export interface Provider {
  tenant_id: string;
  id: string;
  issuer: string;
  client_id: string;
  sealed_client_secret: Buffer | null;
  name: string;
  allowed_domains: string[];
  enforces_second_factor: boolean;
  /** Whether an operator of the installation made it, so that it may let in operators. */
  by_operator: boolean;
  version: number;
}

/** With the time of the database, which is the same for all servers. */
export async function findProviderTenant(
  db: Database,
  id: string,
): Promise<{ tenant_id: string; now: number } | undefined> {
  const [found] = await db.call<{ tenant_id: string; now: number }>(
    sql`select f.*, (extract(epoch from now()) * 1000)::float8 as now from app.find_sign_in_provider(${id}) f`,
  );
  return found;
}

/** The issuer of a provider that is on, also for whoever may not read providers. */
export async function findIssuer(ctx: Context, id: string): Promise<string | null> {
  const { issuer } = await ctx.tx.one<{ issuer: string | null }>(sql`select app.sign_in_issuer(${id}) as issuer`);
  return issuer;
}

export function readProvider(ctx: Context, id: string): Promise<Provider | undefined> {
  return ctx.tx.maybe(sql`select tenant_id, id, name, issuer, client_id, sealed_client_secret, allowed_domains, enforces_second_factor,
    by_operator, version
    from sign_in_provider where tenant_id = ${ctx.tenant_id} and id = ${id} and enabled`);
}

/** Whether this is an operator of the installation, whom the provider does not let in because no operator made it. */
export async function refusesOperator(ctx: Context, provider_id: string, user_id: string): Promise<boolean> {
  const { refuses } = await ctx.tx.one<{ refuses: boolean }>(
    sql`select app.provider_refuses(${provider_id}, ${user_id}) as refuses`,
  );
  return refuses;
}

/** Whether an operator made it, who alone changes it then, and the caller is none. */
export async function isProviderBeyond(ctx: Context, id: string): Promise<boolean> {
  const { beyond } = await ctx.tx.one<{ beyond: boolean }>(sql`select not app.is_operator()
    and exists (select from sign_in_provider where tenant_id = ${ctx.tenant_id} and id = ${id} and by_operator) as beyond`);
  return beyond;
}

export async function writeSecret(ctx: Context, id: string, sealed: Buffer | null): Promise<void> {
  await ctx.tx.run(sql`update sign_in_provider set sealed_client_secret = ${sealed}
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

/** Accounts at another issuer may have the same names and be of others, so those that were connected are no longer. */
export async function writeIssuer(ctx: Context, id: string, issuer: string): Promise<void> {
  await ctx.tx.run(sql`delete from external_identity where tenant_id = ${ctx.tenant_id} and provider_id = ${id}`);
  await ctx.tx.run(
    sql`update sign_in_provider set issuer = ${issuer} where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
}

interface Account {
  user_id: string;
  status: 'invited' | 'active' | 'disabled';
  /** Whether the time until which this account has access has passed. */
  expired: boolean;
}

const columns = sql`u.status, coalesce(u.access_until <= now(), false) as expired`;

export function findLinkedUser(ctx: Context, provider_id: string, subject: string): Promise<Account | undefined> {
  return ctx.tx.maybe(sql`select e.user_id, ${columns} from external_identity e
    join user_account u on u.tenant_id = e.tenant_id and u.id = e.user_id
    where e.tenant_id = ${ctx.tenant_id} and e.provider_id = ${provider_id} and e.subject = ${subject}`);
}

export function findUserByEmail(ctx: Context, email: string): Promise<Account | undefined> {
  return ctx.tx.maybe(sql`select u.id as user_id, ${columns} from user_account u
    where u.tenant_id = ${ctx.tenant_id} and u.email_key = app.email_key(${email})`);
}

/** False when that account at the provider is somebody's already. */
export async function linkUser(ctx: Context, provider_id: string, subject: string, user_id: string): Promise<boolean> {
  const made = await ctx.tx.run(sql`insert into external_identity (tenant_id, provider_id, subject, user_id)
    values (${ctx.tenant_id}, ${provider_id}, ${subject}, ${user_id}) on conflict (tenant_id, provider_id, subject) do nothing`);
  return made === 1;
}

export async function unlinkUser(ctx: Context, provider_id: string, user_id: string): Promise<boolean> {
  const gone = await ctx.tx.run(sql`delete from external_identity
    where tenant_id = ${ctx.tenant_id} and provider_id = ${provider_id} and user_id = ${user_id}`);
  return gone > 0;
}

/** The providers that are on, and whether this user is connected to each. */
export function listIdentities(
  ctx: Context,
  user_id: string,
): Promise<{ provider_id: string; name: string; connected: boolean }[]> {
  return ctx.tx.many(sql`select p.provider_id, p.provider_name as name, exists (select from external_identity e
      where e.tenant_id = t.id and e.provider_id = p.provider_id and e.user_id = ${user_id}) as connected
    from tenant t cross join app.sign_in_options(t.name) p where t.id = ${ctx.tenant_id} and p.provider_id is not null
      order by p.provider_name`);
}
