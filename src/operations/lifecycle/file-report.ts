import type { Config } from '../../kernel/config/config.ts';
import { sql } from '../../kernel/database/database.ts';
import { type Tier, tiers } from '../../kernel/files/contract.ts';
import { parseTierUrl } from '../../kernel/files/tier-url.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type LifecycleReport, orphans_shown_max } from './contract.ts';
import { fileSettings } from './jobs.ts';
import { orphan_days } from './rules.ts';
import { tooManyOrphans } from './sweep-files.ts';

type FileReport = Pick<LifecycleReport, 'orphans' | 'tiers' | 'tier_run'>;

/** What nothing refers to, and where uploaded files lie. */
export async function reportFiles(ctx: Context, config: Config): Promise<FileReport> {
  const totals = await ctx.tx.one<{ files: number; bytes: number; unconfirmed: number }>(sql`
    select count(*)::int as files, coalesce(sum(size_bytes), 0)::float8 as bytes,
      (count(*) filter (where confirmed_at is null and found_at <= now() - make_interval(days => ${orphan_days})))::int as unconfirmed
    from orphan_file`);
  const oldest = await ctx.tx.many<FileReport['orphans']['oldest'][number]>(sql`
    select storage_key, size_bytes::float8 as bytes, modified_at, found_at + make_interval(days => ${orphan_days}) as delete_at
    from orphan_file order by found_at, size_bytes desc, storage_key limit ${orphans_shown_max}`);
  const { warmDays, coldDays } = fileSettings(config);
  const found = await ctx.tx.many<Omit<FileReport['tiers'][number], 'place' | 'after_days'>>(sql`
    select * from app.file_tiers(now(), ${config.FILES_WARM_URL ? warmDays : 0}, ${config.FILES_COLD_URL ? coldDays : 0})`);
  const run = await ctx.tx.maybe<NonNullable<FileReport['tier_run']>>(sql`
    select last_at as at, last_rows::float8 as rows, last_bytes::float8 as bytes, rows_total::float8 as rows_total, longest_ms, error
    from lifecycle_rule where name = 'file_tiers'`);
  const stored = found.reduce((total, { files }) => total + files, 0);
  return {
    orphans: {
      ...totals,
      unconfirmed: tooManyOrphans(totals.unconfirmed, stored + totals.files) ? totals.unconfirmed : 0,
      oldest,
    },
    tiers: tiers.map((tier) => ({
      tier,
      place: placeOf(config, tier),
      after_days: tier === 'hot' ? null : tier === 'warm' ? warmDays : coldDays,
      ...(found.find((row) => row.tier === tier) ?? { files: 0, bytes: 0, moving: 0, moving_bytes: 0 }),
    })),
    tier_run: run ?? null,
  };
}

/** Without what is secret in an address. */
function placeOf(config: Config, tier: Tier): string | null {
  if (tier === 'hot') return config.S3_BUCKET ?? 'HOLDFAST_DATA';
  const text = tier === 'warm' ? config.FILES_WARM_URL : config.FILES_COLD_URL;
  const place = text && parseTierUrl(text);
  if (!place) return null;
  if ('folder' in place) return place.folder;
  return place.elsewhere ? `${new URL(place.elsewhere.endpoint).host}/${place.bucket}` : place.bucket;
}

export async function confirmOrphans(ctx: Context, reason: string): Promise<number> {
  return (await ctx.tx.one<{ files: number }>(sql`select app.operator_confirm_orphans(${reason}) as files`)).files;
}
