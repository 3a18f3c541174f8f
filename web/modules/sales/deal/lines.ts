import type { Choice } from '../../../ui/Combobox.tsx';

/** A product of a deal as it is typed. */
export interface Line {
  /** Of the form only: lines have no identity until they are saved. */
  key: string;
  product: Choice | null;
  quantity: string;
  /** Empty: the product's own. */
  unit_price: string;
  discount_percent: string;
}

export const emptyLine = (): Line => ({
  key: crypto.randomUUID(),
  product: null,
  quantity: '1',
  unit_price: '',
  discount_percent: '0',
});

/** As the API takes them; what names no product is left out. */
export const linesToWire = (lines: readonly Line[]) => lines.filter(({ product }) => product).map(toWire);

function toWire({ product, quantity, unit_price, discount_percent }: Line) {
  return {
    product_id: product?.id,
    quantity: quantity.trim() || '1',
    discount_percent: discount_percent.trim() || '0',
    ...(unit_price.trim() !== '' && { unit_price: unit_price.trim() }),
  };
}
