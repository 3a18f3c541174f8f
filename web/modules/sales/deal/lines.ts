import { refusal } from '../../../platform/query/problem.ts';
import { numberToWire } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import type { Choice } from '../../../ui/Combobox.tsx';
import type { TypedNumber } from '../../../ui/number.ts';

/** A product of a deal as it is typed. */
export interface Line {
  /** For React: a line has no id until it is saved. */
  key: string;
  /** Set for a line that is stored. */
  id?: string;
  /** The product and price that are stored. */
  stored?: { product_id: string; unit_price: string };
  product: Choice | null;
  quantity: TypedNumber;
  /** Empty: the product's own. */
  unit_price: TypedNumber;
  discount_percent: TypedNumber;
}

export const emptyLine = (): Line => ({
  key: crypto.randomUUID(),
  product: null,
  quantity: '1',
  unit_price: '',
  discount_percent: '0',
});

/** The line with another product: a price that was stored is that of the product stored with it. */
export function withProduct(line: Line, product: Choice | null): Line {
  const { stored, unit_price } = line;
  if (!stored || !product) return { ...line, product };
  if (product.id === stored.product_id) return { ...line, product, unit_price: unit_price || stored.unit_price };
  return { ...line, product, unit_price: unit_price === stored.unit_price ? '' : unit_price };
}

/**
 * As the API takes them; an added line that names no product is left out. Throws what could not be read, and a stored
 * line without a product, because the lines that are sent replace all that are stored.
 */
export const linesToWire = (lines: readonly Line[]) =>
  lines.flatMap((line, index) => {
    if (line.product) return toWire(line, index);
    if (line.id) throw refusal(`lines.${index}.product_id`, t('Choose a product, or remove the line'));
    return [];
  });

function toWire({ product, quantity, unit_price, discount_percent }: Line, index: number) {
  const number = (name: string, typed: TypedNumber) => numberToWire(`lines.${index}.${name}`, typed);
  const price = number('unit_price', unit_price);
  return {
    product_id: product?.id,
    quantity: number('quantity', quantity) || '1',
    discount_percent: number('discount_percent', discount_percent) || '0',
    ...(price !== '' && { unit_price: price }),
  };
}
