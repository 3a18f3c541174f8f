import { problems } from '../../kernel/errors/problem.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import {
  defaultWays,
  type NotificationSettings,
  type NotificationSettingsUpdate,
  notificationKinds,
} from './contract.ts';
import { lockSettings, readSettingRows, type SettingRow, writeSettings } from './settings-queries.ts';

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
  const rows = await readSettingRows(ctx, people);
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
  await lockSettings(ctx, user_id);
  const current = (await readOwnSettings(ctx, user_id))!;
  if (version !== undefined && version !== current.version) throw problems.stale(current);
  const merged = Object.fromEntries(
    notificationKinds.map((kind) => [kind, { ...current.kinds[kind], ...kinds[kind] }]),
  ) as NotificationSettings['kinds'];
  await writeSettings(ctx, user_id, { ...current, ...rhythm, kinds: merged });
  return (await readOwnSettings(ctx, user_id))!;
}
