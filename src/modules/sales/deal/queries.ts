import { sql } from '../../../kernel/database/database.ts';
import type { Fact } from '../../../kernel/record-type/record-type.ts';
import { decimalAmount } from '../../../kernel/resource/money.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { StageKind } from '../stage/contract.ts';
import { askedFields } from '../stage/index.ts';

/** Today where the tenant is. */
export async function today(ctx: Context): Promise<string> {
  const row = await ctx.tx.one<{ today: string }>(
    sql`select (now() at time zone time_zone)::date as today from tenant where id = ${ctx.tenant_id}`,
  );
  return row.today;
}

/**
 * The values of a deal's custom fields, those too that the caller may not see: for what is asked of the deal, not for
 * answers.
 */
export async function wholeCustom(ctx: Context, id: string): Promise<Values> {
  const row = await ctx.tx.one<{ custom: Values }>(
    sql`select custom from deal where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
  return row.custom;
}

export interface AskingStage {
  id: string;
  name: string;
  required_fields: string[];
}

/** Of these stages, those that ask for something. */
export async function askingStages(ctx: Context, ids: readonly unknown[]): Promise<Map<string, AskingStage>> {
  const rows = await ctx.tx.many<AskingStage>(sql`select id, name, ${askedFields} from stage
    where tenant_id = ${ctx.tenant_id} and id = any (${[...new Set(ids)]}) and required_fields <> '{}'`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** What custom fields of a deal hold where nobody says anything. */
export async function customDefaults(ctx: Context): Promise<Values> {
  const row = await ctx.tx.one<{ custom: Values }>(sql`select app.custom_defaults('deal') as custom`);
  return row.custom;
}

export function reasonOutcomes(ctx: Context, ids: unknown[]): Promise<{ id: string; outcome: StageKind }[]> {
  return ctx.tx.many(
    sql`select id, outcome from close_reason where tenant_id = ${ctx.tenant_id} and id = any (${ids})`,
  );
}

/**
 * Where a deal goes when it is opened again: the open stage it left, while that is one of its pipeline, else the first.
 */
export async function reopeningStage(ctx: Context, dealId: string): Promise<string | undefined> {
  const row = await ctx.tx.maybe<{ id: string }>(sql`select s.id from deal d
    join stage s on s.tenant_id = d.tenant_id and s.pipeline_id = d.pipeline_id and s.kind = 'open'
    where d.tenant_id = ${ctx.tenant_id} and d.id = ${dealId}
    order by s.id is not distinct from d.last_open_stage_id desc, s.position, s.id limit 1`);
  return row?.id;
}

/** By the id of each deal its stage and its amount, where it has one. */
export async function stagesAndAmounts(ctx: Context, ids: string[]): Promise<Map<string, Fact[]>> {
  const rows = await ctx.tx.many<{ id: string; stage: string; amount: string | null; currency: string }>(
    sql`select d.id, s.name as stage, d.amount::text, d.currency
      from deal d join stage s on s.tenant_id = d.tenant_id and s.id = d.stage_id
      where d.tenant_id = ${ctx.tenant_id} and d.id = any (${ids}::uuid[])`,
  );
  return new Map(
    rows.map(({ id, stage, amount, currency }) => [
      id,
      amount === null ? [stage] : [stage, { amount: decimalAmount(amount, currency), currency }],
    ]),
  );
}
