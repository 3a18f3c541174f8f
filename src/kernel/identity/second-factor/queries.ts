import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

export interface TotpRow {
  sealed_secret: Buffer;
  confirmed: boolean;
  /** The time by the clock of the database: one code may be tried at processes whose clocks differ. */
  now: string;
}

export function findTotp(ctx: Context, user_id: string): Promise<TotpRow | undefined> {
  return ctx.tx.maybe(sql`select sealed_secret, confirmed_at is not null as confirmed, now() from user_totp
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`);
}

export async function isSecondFactorRequired(ctx: Context): Promise<boolean> {
  const { required } = await ctx.tx.one<{ required: boolean }>(
    sql`select second_factor_required as required from tenant where id = ${ctx.tenant_id}`,
  );
  return required;
}

/** Keeps a secret that waits for its first code; false when a confirmed one is in use. */
export async function keepTotp(ctx: Context, user_id: string, sealed_secret: Buffer): Promise<boolean> {
  const kept = await ctx.tx.run(sql`insert into user_totp (tenant_id, user_id, sealed_secret)
    values (${ctx.tenant_id}, ${user_id}, ${sealed_secret})
    on conflict (tenant_id, user_id) do update set sealed_secret = excluded.sealed_secret where user_totp.confirmed_at is null`);
  return kept === 1;
}

/** False when another secret has replaced this one meanwhile, or it is confirmed already. */
export async function confirmTotp(ctx: Context, user_id: string, sealed_secret: Buffer): Promise<boolean> {
  const confirmed = await ctx.tx.run(sql`update user_totp set confirmed_at = now()
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and confirmed_at is null and sealed_secret = ${sealed_secret}`);
  return confirmed === 1;
}

/** Recovery codes and used steps go with it. */
export async function deleteTotp(ctx: Context, user_id: string): Promise<boolean> {
  return (
    (await ctx.tx.run(sql`delete from user_totp where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`)) === 1
  );
}

/** Whether this step is newer than any that was used; of two requests with one code at the same time, one hears yes. */
export async function spendStep(ctx: Context, user_id: string, step: number): Promise<boolean> {
  const used =
    await ctx.tx.run(sql`insert into totp_use (tenant_id, user_id, step) values (${ctx.tenant_id}, ${user_id}, ${step})
    on conflict (tenant_id, user_id) do update set step = excluded.step where totp_use.step < excluded.step`);
  return used === 1;
}

export async function replaceRecoveryCodes(ctx: Context, user_id: string, hashes: Buffer[]): Promise<void> {
  await ctx.tx.run(sql`delete from recovery_code where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`);
  await ctx.tx.run(sql`insert into recovery_code (tenant_id, user_id, hash)
    select ${ctx.tenant_id}, ${user_id}, hash from unnest(${hashes}::bytea[]) as codes (hash)`);
}

export async function spendRecoveryCode(ctx: Context, user_id: string, hash: Buffer): Promise<boolean> {
  const used = await ctx.tx.run(
    sql`delete from recovery_code where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and hash = ${hash}`,
  );
  return used === 1;
}

export async function countRecoveryCodes(ctx: Context, user_id: string): Promise<number> {
  const { left } = await ctx.tx.one<{ left: number }>(
    sql`select count(*)::int as left from recovery_code where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`,
  );
  return left;
}
