import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { ChartForm, Grouping, PeriodUnit, Range, TileFigure } from '../figures/contract.ts';
import type { Rhythm } from './contract.ts';

export interface Mailing {
  id: string;
  /** Null: the overview. */
  dashboard_id: string | null;
  recipient_id: string;
  rhythm: Rhythm;
  hour: number;
  next_at: string;
  /** The time zone of the recipient. */
  time_zone: string;
  /** The time by the clock of the database, which decides when jobs begin. */
  now: string;
}

/** The time, by the clock of the database, and the zone of a recipient. */
export const clockOf = (ctx: Context, user_id: unknown): Promise<{ now: string; time_zone: string }> =>
  ctx.tx.one(sql`select now(), coalesce((select coalesce(u.time_zone, t.time_zone) from user_account u join tenant t on t.id = u.tenant_id
    where u.tenant_id = ${ctx.tenant_id} and u.id = ${user_id} and u.status <> 'disabled'
      and (u.access_until is null or u.access_until > now())), 'UTC') as time_zone`);

export const findMailing = (ctx: Context, id: string): Promise<Mailing | undefined> =>
  ctx.tx.maybe(sql`select m.id, m.dashboard_id, m.recipient_id, m.rhythm, m.hour, m.next_at, now(),
    coalesce(u.time_zone, t.time_zone) as time_zone
    from dashboard_mailing m join user_account u on u.tenant_id = m.tenant_id and u.id = m.recipient_id join tenant t on t.id = m.tenant_id
    where m.tenant_id = ${ctx.tenant_id} and m.id = ${id}`);

/** Goes on to the next time, unless that was done already. Returns how often it was. */
export const goOn = (ctx: Context, { id, next_at }: Mailing, next: Date): Promise<number> =>
  ctx.tx.run(sql`update dashboard_mailing set next_at = ${next.toISOString()}
    where tenant_id = ${ctx.tenant_id} and id = ${id} and next_at = ${next_at}`);

export const removeMailing = (ctx: Context, id: string): Promise<number> =>
  ctx.tx.run(sql`delete from dashboard_mailing where tenant_id = ${ctx.tenant_id} and id = ${id}`);

export interface MailedTile {
  title: string | null;
  figure: TileFigure;
  grouping: Grouping;
  custom_key: string | null;
  chart: ChartForm;
  range: Range;
  period: PeriodUnit;
  filter: Record<string, string>;
}

export interface MailedDashboard {
  name: string;
  tiles: readonly MailedTile[];
}

/** A dashboard with its tiles, if the caller may see it. */
export const findDashboard = (
  ctx: Context,
  id: unknown,
): Promise<(MailedDashboard & { shared: boolean; owner_id: string }) | undefined> =>
  ctx.tx.maybe(sql`select d.name, d.shared, d.owner_id, array(
      select jsonb_build_object('title', i.title, 'figure', i.figure, 'grouping', i.grouping, 'custom_key', i.custom_key, 'chart', i.chart,
        'range', i.range,
        'period', i.period, 'filter', i.filter)
      from dashboard_tile i where i.tenant_id = d.tenant_id and i.dashboard_id = d.id order by i.position, i.id) as tiles
    from dashboard d where d.tenant_id = ${ctx.tenant_id} and d.id = ${id}`);
