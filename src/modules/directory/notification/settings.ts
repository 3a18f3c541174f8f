import { sql } from '../../../kernel/database/database.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import {
  defaultWays,
  type NotificationKind,
  type NotificationSettings,
  type NotificationSettingsUpdate,
  notificationKinds,
  type Way,
} from './contract.ts';

type Kinds = Partial<Record<NotificationKind, Partial<Way>>>;

interface SettingRow extends Omit<NotificationSettings, 'kinds'> {
  user_id: string;
  kinds: Kinds;
}

const withDefaults = ({ kinds, ...row }: SettingRow): NotificationSettings & { user_id: string } => ({
  ...row,
  kinds: Object.fromEntries(
    notificationKinds.map((kind) => [kind, { ...defaultWays[kind], ...kinds[kind] }]),
  ) as NotificationSettings['kinds'],
});

/** How each of these people wants to be told, by their id. Whoever never said has the defaults, as version 0. */
export async function readSettings(
  ctx: Context,
  people: readonly string[],
): Promise<Map<string, NotificationSettings>> {
  const rows = await ctx.tx.many<SettingRow>(sql`select u.id as user_id, u.time_zone, coalesce(s.kinds, '{}') as kinds,
      coalesce(s.digest, 'daily') as digest, coalesce(s.digest_hour, 8) as digest_hour, coalesce(s.digest_weekday, 1) as digest_weekday,
      coalesce(s.version, 0) as version
    from user_account u left join notification_setting s on s.tenant_id = u.tenant_id and s.user_id = u.id
    where u.tenant_id = ${ctx.tenant_id} and u.id = any (${people})`);
  return new Map(
    rows.map((row) => {
      const { user_id, ...settings } = withDefaults(row);
      return [user_id, settings];
    }),
  );
}

/** Undefined for whoever is gone. */
export async function readOwnSettings(ctx: Context, user_id: string): Promise<NotificationSettings | undefined> {
  return (await readSettings(ctx, [user_id])).get(user_id);
}

/** Changes what is named. Throws 412 when the version is not the present one. */
export async function changeSettings(
  ctx: Context,
  user_id: string,
  { kinds = {}, ...rhythm }: NotificationSettingsUpdate,
  version?: number,
): Promise<NotificationSettings> {
  // Two changes at once would each write all kinds as they were before the other.
  await ctx.tx.run(
    sql`select pg_advisory_xact_lock(hashtextextended(${`notification settings ${ctx.tenant_id} ${user_id}`}, 0))`,
  );
  const current = (await readOwnSettings(ctx, user_id))!;
  if (version !== undefined && version !== current.version) throw problems.stale(current);
  const merged = Object.fromEntries(
    notificationKinds.map((kind) => [kind, { ...current.kinds[kind], ...kinds[kind] }]),
  );
  const { digest, digest_hour, digest_weekday } = { ...current, ...rhythm };
  await ctx.tx.run(sql`insert into notification_setting (tenant_id, user_id, kinds, digest, digest_hour, digest_weekday)
    values (${ctx.tenant_id}, ${user_id}, ${JSON.stringify(merged)}, ${digest}, ${digest_hour}, ${digest_weekday})
    on conflict (tenant_id, user_id) do update set kinds = excluded.kinds, digest = excluded.digest, digest_hour = excluded.digest_hour,
      digest_weekday = excluded.digest_weekday`);
  return (await readOwnSettings(ctx, user_id))!;
}
