import { Decimal } from 'decimal.js';
import { fieldErrors } from '../../../kernel/errors/field-errors.ts';
import { type FieldError, Problem } from '../../../kernel/errors/problem.ts';
import { minorUnits } from '../../../kernel/resource/money.ts';
import { type Load, type LoadRow, leaveOutPart } from '../../../platform/import/index.ts';
import { line } from '../deal-line/index.ts';
import { dealsNow, type WantedLine } from './queries.ts';

/** Enough digits for any amount of minor units times a quantity. */
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });

/** In minor units. */
const price_max = 10 ** 15;

/** The columns with a value for each product of a row, in the order of the products. */
const line_columns = {
  product_quantity: { part: 'quantity', label: 'Product quantity' },
  product_price: { part: 'unit_price', label: 'Product price' },
  product_discount: { part: 'discount_percent', label: 'Product discount in percent' },
} as const;
type LineColumn = keyof typeof line_columns;

/** The ids of the products; empty for products that do not exist. */
const productsOf = ({ values }: LoadRow): string[] => values.product_id?.split(';') ?? [];
const valuesOf = ({ values }: LoadRow, column: LineColumn): string[] => values[column]?.split(';') ?? [];

/**
 * Checks the line columns of a row: values must be valid as over HTTP, and one for each product. Others are left out;
 * the product is then sold once, at its usual price, without a discount.
 */
export function checkLines(load: Load, row: LoadRow): void {
  const products = productsOf(row).length;
  for (const column of Object.keys(line_columns) as LineColumn[]) {
    const { part, label } = line_columns[column];
    const texts = valuesOf(row, column);
    if (texts.length === 0) continue;
    if (products === 0) {
      const message = `“${label}” is ignored: this row names no existing product.`;
      row.problems.push({ code: 'no_product', severity: 'warning', row: row.number, column: null, message });
    } else if (texts.length !== products) {
      const message = `This row names ${products} products, but “${label}” has ${texts.length} values. Write one for each, with semicolons between them.`;
      leaveOutPart(load, row, { code: 'not_one_each', message, label, text: texts.join('; ') });
      row.values[column] = null;
    } else {
      texts.forEach((value, at) => {
        const checked = value === '' ? undefined : line.shape[part].safeParse(value);
        if (checked?.error) leaveOutValue(load, row, { column, at, error: fieldErrors(checked.error)[0]! });
      });
    }
  }
}

function leaveOutValue(
  load: Load,
  row: LoadRow,
  { column, at, error }: { column: LineColumn; at: number; error: FieldError },
): void {
  const { label } = line_columns[column];
  const texts = valuesOf(row, column);
  const text = texts[at]!;
  const message = `The value “${text}” of “${label}” does not fit: ${error.message}.`;
  leaveOutPart(load, row, { code: error.code, message, label, text });
  row.values[column] = texts.with(at, '').join(';');
}

/**
 * Checks prices, which have as many decimals as the currency of the deal allows. Called when the currencies are known.
 */
export async function checkPrices(load: Load, rows: LoadRow[]): Promise<void> {
  const { ctx } = load;
  const priced = rows.filter((row) => valuesOf(row, 'product_price').length > 0);
  const kept = priced.filter(
    ({ found, values, unmapped }) => found && (!values.currency || unmapped.includes('currency')),
  );
  const own = kept.length > 0 ? await dealsNow(ctx, kept.map(({ id }) => id)) : new Map(); // biome-ignore format: one call
  for (const row of priced) {
    const currency = (own.get(row.id)?.currency as string | undefined) ?? row.values.currency ?? load.currency;
    valuesOf(row, 'product_price').forEach((price, at) => {
      if (price === '') return;
      try {
        minorUnits(price, currency, 'unit_price');
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        leaveOutValue(load, row, { column: 'product_price', at, error: error.errors[0]! });
      }
    });
  }
}

/** Of a line as the database adds it up; the price and the total in minor units. */
const totalOf = (price: Decimal, quantity: Decimal, discount: Decimal) =>
  price.times(quantity).times(discount.neg().plus(100)).div(100).round();

/** The price at which a line comes to an amount, or nearest to it. Undefined: at no price it does. */
function priceFor(amount: string, quantity: string | null, discount: string | null) {
  const [total, times, percent] = [new Exact(amount), new Exact(quantity ?? 1), new Exact(discount ?? 0)];
  if (percent.eq(100)) return;
  const price = total
    .times(100)
    .div(times.times(percent.neg().plus(100)))
    .round();
  if (price.gt(price_max)) return;
  return { price: price.toFixed(), exact: totalOf(price, times, percent).eq(total) };
}

/**
 * One line per product. Without a price, a single product costs what makes it come to the amount of the deal, if there
 * is such a price; several have their usual prices.
 */
export function linesOf(row: LoadRow): WantedLine[] {
  const { id, values } = row;
  const products = productsOf(row);
  const paid = products.length === 1 && values.amount && BigInt(values.amount) > 0n ? values.amount : null;
  const valueAt = (column: LineColumn, at: number) => valuesOf(row, column)[at] || null;
  return products.flatMap((product_id, at) => {
    if (product_id === '') return [];
    const quantity = valueAt('product_quantity', at);
    const discount_percent = valueAt('product_discount', at);
    const fitting = paid ? priceFor(paid, quantity, discount_percent) : undefined;
    return {
      deal_id: id,
      product_id,
      position: at + 1,
      quantity,
      unit_price: valueAt('product_price', at),
      discount_percent,
      usual_price: fitting?.exact ? fitting.price : null,
      near_price: fitting?.price ?? null,
    };
  });
}
