import { type FieldError, Problem } from '../../../kernel/errors/problem.ts';
import { fieldErrors } from '../../../kernel/http/errors.ts';
import { minorUnits } from '../../../kernel/resource/money.ts';
import { type Load, type LoadRow, refuseRow } from '../../directory/import/index.ts';
import { line } from '../deal-line/index.ts';
import { dealsNow, type WantedLine } from './queries.ts';

/** Where a row says of its products what they are besides their names: a value for each, in their order. */
const places = {
  product_quantity: { part: 'quantity', label: 'Product quantity' },
  product_price: { part: 'unit_price', label: 'Product price' },
  product_discount: { part: 'discount_percent', label: 'Product discount in percent' },
} as const;
type Place = keyof typeof places;

/** Of those that are not there the id is empty. */
const productsOf = ({ values }: LoadRow): string[] => values.product_id?.split(';') ?? [];
const saidOf = ({ values }: LoadRow, place: Place): string[] => values[place]?.split(';') ?? [];

/** What is said of products holds of them as it does over HTTP, and it is plain of which of them it is said. */
export function checkLines(row: LoadRow): void {
  const products = productsOf(row).length;
  for (const place of Object.keys(places) as Place[]) {
    const { part, label } = places[place];
    const said = saidOf(row, place);
    if (said.length === 0) continue;
    if (products === 0) {
      const message = `“${label}” is left aside: this row names no product that is there.`;
      row.problems.push({ code: 'no_product', severity: 'warning', row: row.number, column: null, message });
    } else if (said.length !== products) {
      const message = `This row names ${products} products, but “${label}” has ${said.length} values. Write one for each, with semicolons between them.`;
      refuseRow(row, 'not_one_each', message);
    } else {
      for (const value of said) {
        const checked = line.shape[part].safeParse(value);
        const [error] = checked.success ? [] : fieldErrors(checked.error);
        if (error) refuseValue(row, place, value, error);
      }
    }
  }
}

function refuseValue(row: LoadRow, place: Place, value: string, { code, message }: FieldError): void {
  refuseRow(row, code, `The value “${value}” of “${places[place].label}” does not fit: ${message}.`);
}

/** Once it is known in which currency deals are: a price has as many decimals as that has. */
export async function checkPrices({ ctx }: Load, rows: LoadRow[]): Promise<void> {
  const priced = rows.filter((row) => saidOf(row, 'product_price').length > 0);
  const kept = priced.filter(({ found, values, unsaid }) => found && (!values.currency || unsaid.includes('currency')));
  const own = kept.length > 0 ? await dealsNow(ctx, kept.map(({ id }) => id)) : new Map(); // biome-ignore format: one call
  for (const row of priced) {
    const currency = (own.get(row.id)?.currency as string | undefined) ?? row.values.currency!;
    for (const price of saidOf(row, 'product_price')) {
      try {
        minorUnits(price, currency, 'unit_price');
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refuseValue(row, 'product_price', price, error.errors[0]!);
      }
    }
  }
}

/** One line a product. Where no price is said, a single product costs what the deal was closed for; several cost what they usually do. */
export function linesOf(row: LoadRow): WantedLine[] {
  const { id, values } = row;
  const products = productsOf(row);
  const paid = products.length === 1 && values.amount && BigInt(values.amount) > 0n ? values.amount : null;
  const said = (place: Place, at: number) => saidOf(row, place)[at] ?? null;
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
