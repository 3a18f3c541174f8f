import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { NotificationKind, NotificationSettings, Way } from './contract.ts';

/** The settings of a person as they are stored: kinds that they have set. */
export interface SettingRow extends Omit<NotificationSettings, 'kinds'> {
  user_id: string;
  kinds: Partial<Record<NotificationKind, Partial<Way>>>;
}

export const readSettingRows = (ctx: Context, people: readonly string[]): Promise<SettingRow[]> =>
  ctx.tx.many(sql`select u.id as user_id, u.time_zone, coalesce(s.kinds, '{}') as kinds,
      coalesce(s.digest, 'daily') as digest, coalesce(s.digest_hour, 8) as digest_hour, coalesce(s.digest_weekday, 1) as digest_weekday,
      coalesce(s.version, 0) as version
    from user_account u left join notification_setting s on s.tenant_id = u.tenant_id and s.user_id = u.id
    where u.tenant_id = ${ctx.tenant_id} and u.id = any (${people})`);

/**
 * Lets one change of somebody's settings at a time happen: two at once would each write all kinds as they were before
 * the other.
 */
export async function lockSettings(ctx: Context, user_id: string): Promise<void> {
  await ctx.tx.run(
    sql`select pg_advisory_xact_lock(hashtextextended(${`notification settings ${ctx.tenant_id} ${user_id}`}, 0))`,
  );
}

export async function writeSettings(
  ctx: Context,
  user_id: string,
  { kinds, digest, digest_hour, digest_weekday }: Omit<NotificationSettings, 'version' | 'time_zone'>,
): Promise<void> {
  await ctx.tx.run(sql`insert into notification_setting (tenant_id, user_id, kinds, digest, digest_hour, digest_weekday)
    values (${ctx.tenant_id}, ${user_id}, ${JSON.stringify(kinds)}, ${digest}, ${digest_hour}, ${digest_weekday})
    on conflict (tenant_id, user_id) do update set kinds = excluded.kinds, digest = excluded.digest, digest_hour = excluded.digest_hour,
      digest_weekday = excluded.digest_weekday`);
}
