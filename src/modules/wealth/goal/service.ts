import { Decimal } from 'decimal.js';
import type { z } from 'zod';
import { listQuery, type RowOf } from '../../../kernel/contract/resource.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import { listRows } from '../../../kernel/resource/list.ts';
import { createRows, deleteRow, itemPath, lockRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Holding, readHoldings } from '../figures/index.ts';
import { readToday } from '../period.ts';
import {
  type GoalProgress,
  goal,
  goal_accounts_max,
  goalAccount,
  type goalAccountsPut,
  type goalsProgress,
} from './contract.ts';
import { readServed, readServing, type ServingAccount } from './queries.ts';

const goals_max = 100;

/** How far the goals of a household are: from what the accounts that serve them are worth today, each by its share. */
export async function readProgress(ctx: Context, household_id: string): Promise<z.output<typeof goalsProgress>> {
  const filter = JSON.stringify({ field: 'household_id', op: 'eq', value: household_id });
  const found = await listRows(ctx, goal, listQuery.parse({ filter, sort: 'target_on,name', limit: goals_max }));
  const goals = found.data as unknown as RowOf<typeof goal>[];
  const [serving, today] = await Promise.all([readServing(ctx, goals.map(({ id }) => id)), readToday(ctx)]); // biome-ignore format: one line
  const of = Map.groupBy(serving, ({ goal_id }) => goal_id);
  // Goals of a household are in one or two currencies.
  const held = new Map<string, Map<string, Holding[]>>();
  for (const [currency, alike] of Map.groupBy(goals, (one) => one.currency)) {
    const ids = new Set(
      alike.flatMap(({ id }) => (of.get(id) ?? []).filter(isSeen).map(({ account_id }) => account_id)),
    );
    const holdings = ids.size === 0 ? [] : await readHoldings(ctx, [...ids], currency, today);
    held.set(
      currency,
      Map.groupBy(holdings, ({ account_id }) => account_id),
    );
  }
  return {
    data: goals.map((one) => progressOf(one, of.get(one.id) ?? [], held.get(one.currency)!)),
    more: found.next_cursor !== null,
  };
}

const isSeen = ({ account }: ServingAccount) => account !== null;

/** What is not known is named, and makes the whole unknown: it is not nothing. */
function progressOf(
  { id, version, name, target_amount, currency, target_on, remark }: RowOf<typeof goal>,
  serving: readonly ServingAccount[],
  held: ReadonlyMap<string, readonly Holding[]>,
): GoalProgress {
  const missing: GoalProgress['missing'] = [];
  let known = new Decimal(0);
  const accounts = serving.map(({ account_id, account, share_numerator, share_denominator, is_known }) => {
    const holdings = held.get(account_id) ?? [];
    const before = missing.length;
    const miss = (why: (typeof missing)[number]['why'], what: string | null) =>
      missing.push({ account_id, account, why, name: what });
    if (account === null) miss('not_visible', null);
    else if (!is_known) miss('nothing_known', null);
    for (const one of holdings)
      if (one.own_value === null) miss('no_price', one.name);
      else if (one.value === null) miss('no_rate', one.currency);
    const share = Decimal.sum(0, ...holdings.map(({ value }) => value ?? 0))
      .mul(share_numerator)
      .div(share_denominator);
    known = known.plus(share);
    const value = missing.length > before ? null : share.toFixed(2);
    const is_stale = holdings.some((one) => one.is_stale);
    return { id: account_id, name: account, share_numerator, share_denominator, value, is_stale };
  });
  const target = target_amount!;
  const isKnown = missing.length === 0;
  return {
    id, version, name, target_amount: target, currency, target_on, remark, accounts,
    known_value: known.toFixed(2),
    value: isKnown ? known.toFixed(2) : null,
    progress: isKnown ? known.div(target).toDecimalPlaces(6).toNumber() : null,
    missing,
  }; // biome-ignore format: a few facts
}

/** Puts these accounts in the place of those that serve a goal. What stays the same stays as a row. */
export async function putAccounts(
  ctx: Context,
  goal_id: string,
  { data }: z.output<typeof goalAccountsPut>,
): Promise<Values[]> {
  const twice = data.findIndex((one, at) => data.findIndex(({ account_id }) => account_id === one.account_id) < at);
  if (twice >= 0) throw invalidField(`data.${twice}.account_id`, 'duplicate', 'This account is named twice');
  await lockRow(ctx, goal, goal_id);
  const there = new Map((await readServed(ctx, goal_id)).map((row) => [row.account_id, row]));
  for (const { id, account_id } of there.values())
    if (!data.some((one) => one.account_id === account_id)) await deleteRow(ctx, goalAccount, id);
  for (const { account_id, ...share } of data) {
    const row = there.get(account_id);
    const isSame = row?.share_numerator === share.share_numerator && row.share_denominator === share.share_denominator;
    if (row && !isSame) await updateRow(ctx, goalAccount, row.id, share);
  }
  const added = data.filter(({ account_id }) => !there.has(account_id)).map((one) => ({ ...one, goal_id }));
  if (added.length > 0) await createRows(ctx, goalAccount, added, {}, itemPath);
  const filter = JSON.stringify({ field: 'goal_id', op: 'eq', value: goal_id });
  return (await listRows(ctx, goalAccount, listQuery.parse({ filter, limit: goal_accounts_max }))).data;
}
