import type { z } from 'zod';
import { type FieldError, invalidField, problems } from '../../../kernel/errors/problem.ts';
import { minorUnits } from '../../../kernel/resource/money.ts';
import { lockRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { deal } from '../deal/contract.ts';
import type { dealLines, LineInput } from './contract.ts';
import { deleteLines, insertLines, linesTotal, type NewLine, type ProductPrice, productPrices } from './queries.ts';

const whole_digits_max = 15;

/**
 * Puts these lines in place of what the deal has. The amount follows, unless one is given or no line is left to tell
 * it.
 */
export async function replaceLines(
  ctx: Context,
  id: string,
  { lines, amount }: z.output<typeof dealLines>,
  version?: number,
): Promise<Values> {
  const current = await lockRow(ctx, deal, id, version);
  return putLines(ctx, current, { lines, amount });
}

/** The same for a deal that the caller has locked. */
export async function putLines(
  ctx: Context,
  current: Values,
  { lines, amount }: z.output<typeof dealLines>,
  path = '',
): Promise<Values> {
  const id = current.id as string;
  const currency = current.currency as string;
  const priced = await withPrices(ctx, lines, currency, path);
  await deleteLines(ctx, id);
  if (priced.length === 0) return updateRow(ctx, deal, id, amount === undefined ? {} : { amount });
  await insertLines(ctx, id, priced);
  const total = amount ?? (await linesTotal(ctx, id, currency));
  if (total.replace('-', '').split('.')[0]!.length > whole_digits_max) {
    throw invalidField(
      `${path}lines`,
      'too_much',
      `Together these come to ${total} ${currency}, which is more than a deal can hold`,
    );
  }
  return updateRow(ctx, deal, id, { amount: total });
}

async function withPrices(ctx: Context, lines: LineInput[], currency: string, path: string): Promise<NewLine[]> {
  const ids = [...new Set(lines.map((line) => line.product_id))];
  const products = new Map((await productPrices(ctx, ids)).map((product) => [product.id, product]));
  const errors: FieldError[] = [];
  const priced = lines.map((line, index): NewLine => {
    const product = products.get(line.product_id);
    if (!product) {
      errors.push({
        field: `${path}lines.${index}.product_id`,
        code: 'no_such_record',
        message: 'There is no such product',
      });
    }
    return { ...line, unit_price: priceOf(line, product, currency, `${path}lines.${index}.unit_price`, errors) };
  });
  if (errors.length > 0) throw problems.invalid(errors);
  return priced;
}

/**
 * Minor units of the deal's currency. A product's own price counts only in its own currency: nobody here invents a
 * rate.
 */
function priceOf(
  line: LineInput,
  product: ProductPrice | undefined,
  currency: string,
  field: string,
  errors: FieldError[],
): string {
  if (line.unit_price !== undefined) return minorUnits(line.unit_price, currency, field).toString();
  if (!product || product.unit_price === null) return '0';
  if (product.currency === currency) return product.unit_price;
  const message = `The price of this product is in ${product.currency}, the deal in ${currency}. Write the price in ${currency}.`;
  errors.push({ field, code: 'other_currency', message });
  return '0';
}
