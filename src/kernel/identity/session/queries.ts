import type { AccountKind, Rights } from '../../access/rights.ts';
import { type Database, sql } from '../../database/database.ts';
import type { Switches } from '../../features/queries.ts';
import type { Context } from '../../tenancy/context.ts';
import { session_absolute_days_max, session_idle_days_max } from '../limits.ts';
import type { SessionMethod, SessionView } from './contract.ts';

interface FoundSession {
  tenant_id: string;
  id: string;
  user_id: string;
  rights: Rights[];
  second_factor_missing: boolean;
  kind: AccountKind;
  ends_at: string;
}

interface FoundApiKey {
  tenant_id: string;
  id: string;
  user_id: string | null;
  role_rights: Rights;
  scopes: Rights | null;
  person_rights: Rights[] | null;
  /** The limits by each key above this one. */
  limits: { role_rights: Rights; scopes: Rights | null; kind: AccountKind }[] | null;
  /** Of the account, or of the role where there is no account or it is a member's. */
  kind: AccountKind;
  ends_at: string | null;
}

/** Aside, as below: a request asks again before its commit (kernel/http/current-rights.ts). */
export async function findSession(db: Database, hash: Buffer): Promise<FoundSession | undefined> {
  const [found] = await db.call<FoundSession>(
    sql`select * from app.authenticate_session(${hash}, make_interval(days => ${session_idle_days_max}))`,
    { aside: true },
  );
  return found;
}

export async function findApiKey(db: Database, hash: Buffer): Promise<FoundApiKey | undefined> {
  const [found] = await db.call<FoundApiKey>(sql`select * from app.authenticate_api_key(${hash})`, { aside: true });
  return found;
}

export interface NewSession {
  hash: Buffer;
  method: SessionMethod;
  ip: string | null;
  user_agent: string | null;
  /** Whether a second factor was used. */
  second_factor: boolean;
  /** Not later than this. */
  ends_at?: string | null | undefined;
}

export async function insertSession(ctx: Context, user_id: string, session: NewSession): Promise<string> {
  const { id } = await ctx.tx.one<{
    id: string;
  }>(sql`insert into session (tenant_id, user_id, hash, method, ip, user_agent, second_factor, expires_at)
    values (${ctx.tenant_id}, ${user_id}, ${session.hash}, ${session.method}, ${session.ip}::inet, ${session.user_agent},
      ${session.second_factor},
      least(now() + make_interval(days => ${session_absolute_days_max}), ${session.ends_at ?? null}::timestamptz)) returning id`);
  return id;
}

/** Gives a session a new token; returns the hash of the old one. */
export async function replaceSessionHash(ctx: Context, id: string, hash: Buffer): Promise<Buffer | undefined> {
  const row = await ctx.tx.maybe<{ old: Buffer }>(sql`update session s set hash = ${hash}
    from (select tenant_id, id, hash as old from session where tenant_id = ${ctx.tenant_id} and id = ${id} for update) before
    where s.tenant_id = before.tenant_id and s.id = before.id returning before.old`);
  return row?.old;
}

/**
 * Stores the time of the sign-in, and of the first one the time zone of the browser; false when the user is not active.
 */
export async function noteSignIn(ctx: Context, user_id: string, zone: string | null): Promise<boolean> {
  const changed = await ctx.tx.run(sql`update user_account set last_sign_in_at = now(),
      time_zone = case when last_sign_in_at is null and ${zone}::text is not null and app.is_time_zone(${zone}) then ${zone}
        else time_zone end
    where tenant_id = ${ctx.tenant_id} and id = ${user_id} and app.has_access(status, access_until)`);
  return changed === 1;
}

interface Ended {
  id: string;
  hash: Buffer;
}

export function deleteSession(ctx: Context, user_id: string, id: string): Promise<Ended | undefined> {
  return ctx.tx.maybe(
    sql`delete from session where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and id = ${id} returning id, hash`,
  );
}

export function deleteSessionsOf(ctx: Context, user_id: string, except: string | null): Promise<Ended[]> {
  return ctx.tx.many(sql`delete from session where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}
    and id is distinct from ${except}::uuid returning id, hash`);
}

export interface SessionRow {
  id: string;
  ip: string | null;
  user_agent: string | null;
  method: SessionMethod;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
}

export function listSessionRows(ctx: Context, user_id: string): Promise<SessionRow[]> {
  return ctx.tx.many(sql`select id, host(ip) as ip, user_agent, method, created_at, last_seen_at, expires_at from session
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and expires_at > now()
      and last_seen_at > now() - make_interval(days => ${session_idle_days_max})
    order by last_seen_at desc, id limit 200`);
}

/**
 * Whether the session was signed in or confirmed recently enough. One that began by changing the workspace was not
 * signed in.
 */
export async function isRecentSession(ctx: Context, id: string, minutes: number): Promise<boolean> {
  const row = await ctx.tx.maybe(sql`select from session where tenant_id = ${ctx.tenant_id} and id = ${id}
    and greatest(case when method <> 'workspace' then created_at end, confirmed_at) > now() - make_interval(mins => ${minutes})`);
  return row !== undefined;
}

export async function readSessionEnd(ctx: Context, id: string): Promise<string> {
  const { expires_at } = await ctx.tx.one<{ expires_at: string }>(
    sql`select expires_at from session where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
  return expires_at;
}

/** Stores that the user of the session has just confirmed it. */
export async function noteConfirmation(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(sql`update session set confirmed_at = now() where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

/** Sends a signal by which open streams of these sessions end, in every process. */
export async function announceEnd(ctx: Context, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`select app.signal('session', ${ids}::uuid[])`);
}

export async function readSessionView(ctx: Context): Promise<
  Omit<SessionView, 'rights' | 'features_off' | 'second_factor_missing'> & {
    roles: Rights[] | null;
    kind: AccountKind | null;
    features: Switches;
  }
> {
  return ctx.tx.one(sql`select
      case when u.id is not null then jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email, 'locale', u.locale, 'time_zone',
        u.time_zone) end as user,
      jsonb_build_object('id', t.id, 'name', t.name, 'title', t.title, 'default_currency', t.default_currency) as tenant,
      app.rights_of(u.id) as roles, app.home_of(u.id) as home, u.kind, t.features,
      (select count(*)::int from favourite f where f.tenant_id = t.id and f.user_id = u.id) as favourites, app.is_operator() as operator
    from tenant t left join user_account u on u.tenant_id = t.id and u.id = ${ctx.actor.user_id} where t.id = ${ctx.tenant_id}`);
}
