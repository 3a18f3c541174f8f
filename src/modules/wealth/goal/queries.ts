import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export interface ServingAccount {
  goal_id: string;
  account_id: string;
  /** Null where the caller does not see the account. */
  account: string | null;
  share_numerator: number;
  share_denominator: number;
  /** Whether anything was ever said of what is in it. */
  is_known: boolean;
}

/** The accounts that serve the goals of a household. */
export const readServing = (ctx: Context, goal_ids: readonly string[]): Promise<ServingAccount[]> =>
  ctx.tx.many(sql`select s.goal_id, s.account_id, a.name as account, s.share_numerator, s.share_denominator,
      exists (select from account_transaction t where t.tenant_id = s.tenant_id and t.account_id = s.account_id)
        or exists (select from account_position p where p.tenant_id = s.tenant_id and p.account_id = s.account_id) as is_known
    from goal_account s left join financial_account a on a.tenant_id = s.tenant_id and a.id = s.account_id and a.deleted_at is null
    where s.tenant_id = ${ctx.tenant_id} and s.goal_id = any (${goal_ids}::uuid[]) order by a.name, s.account_id`);

export const readServed = (ctx: Context, goal_id: string) =>
  ctx.tx.many<{ id: string; account_id: string; share_numerator: number; share_denominator: number }>(sql`
    select id, account_id, share_numerator, share_denominator from goal_account
    where tenant_id = ${ctx.tenant_id} and goal_id = ${goal_id}`);
