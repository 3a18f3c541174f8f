import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Judgement, ModelSpec } from './model.ts';

export interface ModelRow {
  id: string;
  verdict: 'not_enough_history' | 'no_better_than_chance' | 'in_use';
  won: number;
  lost: number;
  judgement: Judgement | null;
  spec: ModelSpec | null;
  created_at: string;
}

/** The model in effect. */
export const newestModel = (ctx: Context): Promise<ModelRow | undefined> =>
  ctx.tx.maybe<ModelRow>(sql`select id, verdict, won, lost, judgement, spec, created_at from score_model
    where tenant_id = ${ctx.tenant_id} order by created_at desc, id desc limit 1`);

/** Inserts a model, unless it equals the newest: the same deals make the same model. */
export async function insertModel(ctx: Context, row: Omit<ModelRow, 'id' | 'created_at'>): Promise<void> {
  const json = (value: object | null) => value && JSON.stringify(value);
  await ctx.tx.run(sql`insert into score_model (tenant_id, verdict, won, lost, judgement, spec)
    select ${ctx.tenant_id}, r.* from (values (${row.verdict}::text, ${row.won}::int, ${row.lost}::int, ${json(row.judgement)}::jsonb,
      ${json(row.spec)}::jsonb)) r
    where not exists (select from (select m.verdict, m.won, m.lost, m.judgement, m.spec from score_model m
      where m.tenant_id = ${ctx.tenant_id} order by m.created_at desc, m.id desc limit 1) m where m is not distinct from r)`);
}

/** Deletes all but the newest models. */
export async function forgetModels(ctx: Context, kept: number): Promise<void> {
  await ctx.tx.run(sql`delete from score_model where tenant_id = ${ctx.tenant_id} and id in (
    select id from score_model where tenant_id = ${ctx.tenant_id} order by created_at desc, id desc offset ${kept})`);
}

export async function isBeingFitted(ctx: Context, kind: string): Promise<boolean> {
  const row = await ctx.tx.one<{
    busy: boolean;
  }>(sql`select exists (select from job where tenant_id = ${ctx.tenant_id} and kind = ${kind}
    and state in ('scheduled', 'ready', 'running')) as busy`);
  return row.busy;
}
