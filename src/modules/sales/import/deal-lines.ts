import { type FieldError, Problem } from '../../../kernel/errors/problem.ts';
import { fieldErrors } from '../../../kernel/http/errors.ts';
import { minorUnits } from '../../../kernel/resource/money.ts';
import { type Load, type LoadRow, leaveOutPart } from '../../directory/import/index.ts';
import { line } from '../deal-line/index.ts';
import { dealsNow, type WantedLine } from './queries.ts';

/** Where a row says of its products what they are besides their names: a value for each, in their order. */
const places = {
  product_quantity: { part: 'quantity', label: 'Product quantity' },
  product_price: { part: 'unit_price', label: 'Product price' },
  product_discount: { part: 'discount_percent', label: 'Product discount in percent' },
} as const;
type LineColumn = keyof typeof places;

/** Of those that are not there the id is empty. */
const productsOf = ({ values }: LoadRow): string[] => values.product_id?.split(';') ?? [];
const saidOf = ({ values }: LoadRow, place: LineColumn): string[] => values[place]?.split(';') ?? [];

/**
 * What a row says of its products must fit as it must over HTTP, and be plain of which of them it is said. What does not is left out: the
 * product is then sold once, at its usual price, without a discount.
 */
export function checkLines(load: Load, row: LoadRow): void {
  const products = productsOf(row).length;
  for (const place of Object.keys(places) as LineColumn[]) {
    const { part, label } = places[place];
    const said = saidOf(row, place);
    if (said.length === 0) continue;
    if (products === 0) {
      const message = `“${label}” is left aside: this row names no product that is there.`;
      row.problems.push({ code: 'no_product', severity: 'warning', row: row.number, column: null, message });
    } else if (said.length !== products) {
      const message = `This row names ${products} products, but “${label}” has ${said.length} values. Write one for each, with semicolons between them.`;
      leaveOutPart(load, row, { code: 'not_one_each', message, label, text: said.join('; ') });
      row.values[place] = null;
    } else {
      said.forEach((value, at) => {
        const checked = value === '' ? undefined : line.shape[part].safeParse(value);
        if (checked?.error) leaveOutValue(load, row, { place, at, error: fieldErrors(checked.error)[0]! });
      });
    }
  }
}

function leaveOutValue(
  load: Load,
  row: LoadRow,
  { place, at, error }: { place: LineColumn; at: number; error: FieldError },
): void {
  const { label } = places[place];
  const said = saidOf(row, place);
  const text = said[at]!;
  const message = `The value “${text}” of “${label}” does not fit: ${error.message}.`;
  leaveOutPart(load, row, { code: error.code, message, label, text });
  row.values[place] = said.with(at, '').join(';');
}

/** Once it is known in which currency deals are: a price has as many decimals as that has. */
export async function checkPrices(load: Load, rows: LoadRow[]): Promise<void> {
  const { ctx } = load;
  const priced = rows.filter((row) => saidOf(row, 'product_price').length > 0);
  const kept = priced.filter(
    ({ found, values, unmapped }) => found && (!values.currency || unmapped.includes('currency')),
  );
  const own = kept.length > 0 ? await dealsNow(ctx, kept.map(({ id }) => id)) : new Map(); // biome-ignore format: one call
  for (const row of priced) {
    const currency = (own.get(row.id)?.currency as string | undefined) ?? row.values.currency!;
    saidOf(row, 'product_price').forEach((price, at) => {
      if (price === '') return;
      try {
        minorUnits(price, currency, 'unit_price');
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        leaveOutValue(load, row, { place: 'product_price', at, error: error.errors[0]! });
      }
    });
  }
}

/** One line a product. Where no price is said, a single product costs what the deal was closed for; several cost what they usually do. */
export function linesOf(row: LoadRow): WantedLine[] {
  const { id, values } = row;
  const products = productsOf(row);
  const paid = products.length === 1 && values.amount && BigInt(values.amount) > 0n ? values.amount : null;
  const said = (place: LineColumn, at: number) => saidOf(row, place)[at] || null;
  return products.flatMap((product_id, at) =>
    product_id === ''
      ? []
      : {
          deal_id: id,
          product_id,
          position: at + 1,
          quantity: said('product_quantity', at),
          unit_price: said('product_price', at),
          discount_percent: said('product_discount', at),
          usual_price: paid,
        },
  );
}
