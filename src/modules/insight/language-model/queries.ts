import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { LanguageModel, LanguageModelPut, ModelCall, ModelFeature, Outcome } from './contract.ts';

export interface SettingsRow extends Omit<LanguageModelPut, 'key'> {
  id: string;
  sealed_key: Buffer | null;
  confirmed_vector_model: string | null;
}

export const findSettings = (ctx: Context): Promise<SettingsRow | undefined> =>
  ctx.tx.maybe(sql`select id, url, chat_model, vector_model, sealed_key, features, workspace_tokens_max, person_tokens_max,
      feature_tokens_max, price_in::float8 as price_in, price_out::float8 as price_out, price_vectors::float8 as price_vectors, currency,
      confirmed_vector_model
    from language_model where tenant_id = ${ctx.tenant_id}`);

/** One at a time: of two first ones each would seal its key for an id of its own. */
export async function lockSettings(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`language-model ${ctx.tenant_id}`}, 0))`);
}

export const putSettings = (
  ctx: Context,
  put: Omit<LanguageModelPut, 'key'> & { id: string; sealed_key: Buffer | null },
): Promise<number> =>
  ctx.tx.run(sql`insert into language_model as m (tenant_id, id, url, chat_model, vector_model, sealed_key, features, workspace_tokens_max,
      person_tokens_max, feature_tokens_max, price_in, price_out, price_vectors, currency)
    values (${ctx.tenant_id}, ${put.id}, ${put.url}, ${put.chat_model}, ${put.vector_model}, ${put.sealed_key}, ${put.features}::text[],
      ${put.workspace_tokens_max}, ${put.person_tokens_max}, ${put.feature_tokens_max}, ${put.price_in}, ${put.price_out},
      ${put.price_vectors}, ${put.currency})
    on conflict (tenant_id) do update set url = excluded.url, chat_model = excluded.chat_model, vector_model = excluded.vector_model,
      sealed_key = excluded.sealed_key, features = excluded.features, workspace_tokens_max = excluded.workspace_tokens_max,
      person_tokens_max = excluded.person_tokens_max, feature_tokens_max = excluded.feature_tokens_max, price_in = excluded.price_in,
      price_out = excluded.price_out, price_vectors = excluded.price_vectors, currency = excluded.currency,
      confirmed_vector_model = case when m.url = excluded.url then m.confirmed_vector_model end`);

/** Agrees to what vectors of this model cost for all texts. Returns whether it is still the one in the settings. */
export const confirmVectorModel = async (ctx: Context, model: string): Promise<boolean> =>
  (await ctx.tx.run(sql`update language_model set confirmed_vector_model = ${model}
    where tenant_id = ${ctx.tenant_id} and vector_model = ${model}`)) > 0;

export const deleteSettings = (ctx: Context): Promise<number> =>
  ctx.tx.run(sql`delete from language_model where tenant_id = ${ctx.tenant_id}`);

export const usedToday = (ctx: Context): Promise<LanguageModel['used_today']> =>
  ctx.tx.many(sql`select u.kind, u.key, u.tokens::int as tokens, coalesce(p.name, '') as name from language_model_usage u
    left join user_account p on u.kind = 'person' and p.tenant_id = u.tenant_id and p.id::text = u.key
    where u.tenant_id = ${ctx.tenant_id} and u.day = (now() at time zone 'utc')::date order by u.kind desc, u.tokens desc, u.key limit 200`);

/** What is left of the quotas of today: the smallest of the three. */
export const tokensLeft = async (ctx: Context, feature: ModelFeature, person: string | null): Promise<number> => {
  const { left } = await ctx.tx.one<{
    left: number;
  }>(sql`select greatest(0, min(l.most - coalesce(u.tokens, 0)))::int as left
    from language_model m cross join lateral (values ('workspace', '', m.workspace_tokens_max),
      ('person', ${person}, m.person_tokens_max), ('feature', ${feature}, m.feature_tokens_max)) l (kind, key, most)
    left join language_model_usage u on u.tenant_id = m.tenant_id and u.day = (now() at time zone 'utc')::date and u.kind = l.kind
      and u.key = l.key
    where m.tenant_id = ${ctx.tenant_id} and l.key is not null`);
  return left;
};

export interface NewCall {
  feature: ModelFeature | 'test';
  user_id: string | null;
  resource: string | null;
  record_id: string | null;
  sources: readonly string[];
  host: string;
  model: string;
  bytes_sent: number;
  tokens_reserved: number;
}

/** Takes tokens from the quotas of today, in one statement; otherwise names the quota that has too few. */
export const reserveTokens = async (
  ctx: Context,
  call: NewCall,
): Promise<'workspace' | 'person' | 'feature' | null> => {
  const { exceeded } = await ctx.tx.one<{ exceeded: 'workspace' | 'person' | 'feature' | null }>(
    sql`select app.reserve_tokens(${call.feature}, ${call.user_id}, ${call.tokens_reserved}) as exceeded`,
  );
  return exceeded;
};

export const insertCall = async (ctx: Context, call: NewCall): Promise<string> => {
  const { id } = await ctx.tx.one<{
    id: string;
  }>(sql`insert into language_model_call (tenant_id, feature, user_id, resource, record_id,
      sources, host, model, bytes_sent, tokens_reserved)
    values (${ctx.tenant_id}, ${call.feature}, ${call.user_id}, ${call.resource}, ${call.record_id}, ${call.sources}::uuid[], ${call.host},
      ${call.model}, ${call.bytes_sent}, ${call.tokens_reserved}) returning id`);
  return id;
};

export interface Settled {
  outcome: Outcome;
  bytes_received: number;
  tokens_in: number;
  tokens_out: number;
  cost: number;
  duration_ms: number;
}

/** What came of a call, once; its quotas get back what it did not use. */
export async function settleCall(ctx: Context, id: string, settled: Settled): Promise<void> {
  const { outcome, bytes_received, tokens_in, tokens_out, cost, duration_ms } = settled;
  await ctx.tx.run(sql`with settled as (
      update language_model_call set outcome = ${outcome}, bytes_received = ${bytes_received}, tokens_in = ${tokens_in},
        tokens_out = ${tokens_out}, cost = ${cost}, duration_ms = ${duration_ms}
      where tenant_id = ${ctx.tenant_id} and id = ${id} and outcome = 'pending'
      returning feature, user_id, tokens_reserved, created_at)
    select app.settle_tokens(s.feature, s.user_id::text, s.tokens_reserved, ${tokens_in + tokens_out}::int, s.created_at) from settled s`);
}

export const listCalls = (
  ctx: Context,
  { before, limit }: { before: readonly [string, string] | null; limit: number },
): Promise<ModelCall[]> =>
  ctx.tx.many(sql`select c.id, c.feature, c.resource, c.record_id, c.sources, c.host, c.model, c.bytes_sent, c.bytes_received,
      c.tokens_in, c.tokens_out, c.cost::float8 as cost, coalesce(m.currency, 'USD') as currency, c.outcome, c.duration_ms,
      c.created_at::timestamptz as created_at,
      case when p.id is not null then jsonb_build_object('id', p.id, 'name', p.name) end as user
    from language_model_call c left join user_account p on p.tenant_id = c.tenant_id and p.id = c.user_id
    left join language_model m on m.tenant_id = c.tenant_id
    where c.tenant_id = ${ctx.tenant_id}
      and (${before?.[0] ?? null}::timestamptz is null
        or (c.created_at, c.id) < (${before?.[0] ?? null}::timestamptz, ${before?.[1] ?? null}::uuid))
    order by c.created_at desc, c.id desc limit ${limit}`);

/** What is older than it is shown, a part at a time. Returns whether there may be more. */
export async function forgetOld(ctx: Context, days: number, rows_max: number): Promise<boolean> {
  await ctx.tx.run(
    sql`delete from language_model_usage where tenant_id = ${ctx.tenant_id} and day < now() - interval '3 days'`,
  );
  await ctx.tx.run(
    sql`delete from language_model_answer where tenant_id = ${ctx.tenant_id} and created_at < now() - interval '7 days'`,
  );
  return (
    (await ctx.tx.run(sql`delete from language_model_call where tenant_id = ${ctx.tenant_id} and id = any (array(
      select id from language_model_call where tenant_id = ${ctx.tenant_id} and created_at < now() - make_interval(days => ${days})
      limit ${rows_max}))`)) === rows_max
  );
}
