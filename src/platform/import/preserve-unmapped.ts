import { sql } from '../../kernel/database/database.ts';
import { Problem } from '../../kernel/errors/problem.ts';
import { currencyDigits, decimalAmount, minorUnits } from '../../kernel/resource/money.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type LoadRow, refuseRow } from './load.ts';
import { restage, type StagePlan } from './staging.ts';

/**
 * What a row says nothing of, or nothing that can be read, stays as it is in a record that is there, whatever a new one
 * would be given.
 */
export async function preserveUnmapped(ctx: Context, plan: StagePlan, rows: readonly LoadRow[]): Promise<void> {
  await refuseCurrencyAlone(ctx, plan, rows);
  const updatedOf = ({ unmapped }: LoadRow) => unmapped.filter((column) => plan.updated.includes(column));
  const kept = rows.filter((row) => row.found && updatedOf(row).length > 0);
  if (kept.length === 0) return;
  await readInOwnCurrency(ctx, plan, kept);
  const columns = new Set(['unmapped', ...kept.flatMap(updatedOf), ...amounts(plan).map(([name]) => name)]);
  // The rows themselves keep these values: a batch that fails is matched by them once more.
  const left = kept.map((row) => {
    const unmapped = updatedOf(row);
    const nothing = Object.fromEntries(unmapped.map((column) => [column, null]));
    return { number: row.number, values: { ...row.values, ...nothing, unmapped } };
  });
  await restage(ctx, left, [...columns]);
}

type Amount = [name: string, currencyField: string];

const allAmounts = ({ target }: StagePlan): Amount[] =>
  [...target.contract.meta].flatMap(([name, { currencyField }]) => (currencyField ? [[name, currencyField]] : []));

const amounts = (plan: StagePlan) => allAmounts(plan).filter(([name]) => plan.updated.includes(name));

/**
 * A file without amounts changes the currency of those there are only where a figure is written alike in both: 7000 yen
 * are not 70.00 euros.
 */
async function refuseCurrencyAlone(ctx: Context, plan: StagePlan, rows: readonly LoadRow[]): Promise<void> {
  const alone = allAmounts(plan).filter(
    ([name, field]) => plan.updated.includes(field) && !plan.updated.includes(name),
  );
  for (const amount of alone) {
    const [, currencyField] = amount;
    const named = new Map(
      rows.filter(({ found, values }) => found && values[currencyField]).map((row) => [row.id, row]),
    );
    for (const { id, currency, has_amount } of await amountsNow(ctx, plan, amount, [...named.keys()])) {
      const row = named.get(id)!;
      if (!has_amount || currencyDigits(currency) === currencyDigits(row.values[currencyField]!)) continue;
      refuseRow(
        row,
        'currency_alone',
        `The amount of this record is in ${currency}, which has other decimals. Map a column to the amount too.`,
      );
    }
  }
}

/** An amount without a currency is in that of its record, as it is over HTTP: 7000 stay 7000, in yen as in euros. */
async function readInOwnCurrency(ctx: Context, plan: StagePlan, rows: readonly LoadRow[]): Promise<void> {
  for (const amount of amounts(plan)) {
    const [name, currencyField] = amount;
    const told = rows.filter(({ unmapped, values }) => unmapped.includes(currencyField) && values[name]);
    const ids = told.map(({ id }) => id);
    const own = new Map((await amountsNow(ctx, plan, amount, ids)).map(({ id, currency }) => [id, currency]));
    for (const row of told) {
      const { values } = row;
      const figure = decimalAmount(values[name]!, values[currencyField]!);
      try {
        const currency = own.get(row.id)!;
        values[name] = minorUnits(figure, currency, name).toString();
        values[currencyField] = currency;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refuseRow(row, error.errors[0]!.code, `${error.errors[0]!.message}.`);
      }
    }
  }
}

/** In which currency records are now, and whether they have the amount at all. */
async function amountsNow(
  ctx: Context,
  { target }: StagePlan,
  [name, currencyField]: Amount,
  ids: readonly string[],
): Promise<{ id: string; currency: string; has_amount: boolean }[]> {
  if (ids.length === 0) return [];
  return ctx.tx.many(sql`select id, ${sql.ref(currencyField)} as currency, ${sql.ref(name)} is not null as has_amount
    from ${sql.table(target.contract.table)} where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`);
}
