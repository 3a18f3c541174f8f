import { sql } from '../../../kernel/database/database.ts';
import { invalidField, inWords, Problem } from '../../../kernel/errors/problem.ts';
import { checkValues, lockRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { bulkAction } from '../../../platform/bulk/index.ts';
import { type Skip, type SkipCode, skipReasons } from '../../../platform/undo/contract.ts';
import { deal } from '../deal/contract.ts';
import { prepareDealChange, prepareDeals } from '../deal/index.ts';
import { setDeals } from './contract.ts';

const atAction = () => 'action.';

/**
 * What cannot be said of many records at once by one statement: stages have rules, and amounts a currency, of each
 * deal's own.
 */
export const setDealsAction = bulkAction({
  schema: setDeals,
  resources: [deal],
  right: 'update',
  check: async (ctx, _resource, { kind: _, ...fields }) => {
    if (Object.keys(fields).length === 0) throw invalidField('action', 'required', 'Name a stage or an amount');
    await checkValues(ctx, deal, [fields], { creating: false, errorPath: atAction });
    if (fields.stage_id) await prepareDeals(ctx, [{ stage_id: fields.stage_id }], atAction);
  },
  apply: async (ctx, _resource, ids, { kind: _, ...fields }) => {
    const outcome = { changed: 0, unchanged: 0, skipped: [] as Skip[] };
    for (const id of ids.toSorted()) {
      await ctx.tx.run(sql`savepoint one_deal`);
      try {
        if (await setDeal(ctx, id, fields)) outcome.changed++;
        else outcome.unchanged++;
        await ctx.tx.run(sql`release savepoint one_deal`);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        await ctx.tx.run(sql`rollback to savepoint one_deal`);
        outcome.skipped.push(skipOf(id, error));
      }
    }
    return outcome;
  },
});

/** Returns whether that changes anything. */
async function setDeal(ctx: Context, id: string, fields: Values): Promise<boolean> {
  const current = await lockRow(ctx, deal, id);
  if (Object.entries(fields).every(([name, value]) => isSame(current[name], value))) return false;
  await updateRow(ctx, deal, id, await prepareDealChange(ctx, id, fields));
  return true;
}

/** Amounts come with the decimals of their currency. */
const isSame = (theirs: unknown, mine: unknown): boolean =>
  theirs === mine ||
  (typeof theirs === 'string' && typeof mine === 'string' && /^-?\d/.test(theirs) && Number(theirs) === Number(mine));

const codes: Record<number, SkipCode> = { 403: 'forbidden', 404: 'gone' };

function skipOf(id: string, { status, errors }: Problem): Skip {
  const code = codes[status] ?? 'refused';
  const said = inWords(errors);
  return {
    resource: deal.name,
    id,
    name: null,
    fields: null,
    code,
    reason: said === '' ? skipReasons[code] : `${said}.`,
  };
}
