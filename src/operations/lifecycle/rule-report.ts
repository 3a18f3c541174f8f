import type { Config } from '../../kernel/config/config.ts';
import { sql } from '../../kernel/database/database.ts';
import { nextRun } from '../../kernel/jobs/schedule.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { backupSchedules } from '../backup/jobs.ts';
import { housekeepingSchedules } from '../housekeeping.ts';
import { type DeletionRuleReport, due_rows_max } from './contract.ts';
import { lifecycleSchedules } from './jobs.ts';
import { type DeletionRule, deletionRules } from './rules.ts';

type Last = NonNullable<DeletionRuleReport['last']>;

/** Each rule with what its next run deletes and what its last one did. */
export async function reportRules(ctx: Context, config: Config): Promise<DeletionRuleReport[]> {
  const runs = await ctx.tx.many<Last & { name: string }>(sql`
    select name, last_at as at, last_rows::float8 as rows, last_bytes::float8 as bytes, rows_total::float8 as rows_total, longest_ms, error
      from lifecycle_rule`);
  const last = new Map(runs.map(({ name, ...run }) => [name, run]));
  const now = new Date();
  const next = {
    hourly: housekeepingSchedules,
    nightly: lifecycleSchedules,
    with_backups: backupSchedules(config),
  };
  const reports: DeletionRuleReport[] = [];
  for (const rule of deletionRules(config)) {
    const { cron, timeZone } = next[rule.runs][0]!;
    const next_at = rule.days === null ? null : nextRun(cron, timeZone, now);
    reports.push({
      name: rule.name,
      days: rule.days,
      setting: rule.setting,
      next_at: next_at?.toISOString() ?? null,
      due: next_at && (await countDue(ctx, config, rule, next_at)),
      last: last.get(rule.name) ?? null,
    });
  }
  return reports;
}

async function countDue(
  ctx: Context,
  config: Config,
  { name, days }: DeletionRule,
  at: Date,
): Promise<DeletionRuleReport['due']> {
  if (name === 'upgrade_copies' || name === 'backups' || (name === 'log_lines' && config.MONGODB_URL)) return null;
  const tables = await ctx.tx.many<{ row_count: number; bytes: number; held: number }>(
    sql`select row_count, bytes, held from app.count_past(${name}, ${at.toISOString()}::timestamptz, ${days}, ${due_rows_max})`,
  );
  const sum = (key: 'row_count' | 'bytes' | 'held') => tables.reduce((total, table) => total + table[key], 0);
  return {
    rows: sum('row_count'),
    bytes: sum('bytes'),
    held: sum('held'),
    more: tables.some(({ row_count, held }) => row_count + held >= due_rows_max),
  };
}
