import { z } from 'zod';
import { shaped } from '../../../kernel/contract/bounds.ts';

const lines_max = 100;

export const line = z.strictObject({
  product_id: z.uuid(),
  /** "1" unless given. */
  quantity: shaped(/^\d{1,12}(\.\d{1,6})?$/, 19, {
    error: 'Write a decimal number such as "12.5", with at most six decimals',
  })
    .refine((text) => /[1-9]/.test(text), { error: 'This must be more than zero' })
    .default('1'),
  /** The product's own unless given. */
  unit_price: shaped(/^\d{1,15}(\.\d{1,4})?$/, 20, { error: 'Write an amount such as "1054.00"' }).optional(),
  discount_percent: shaped(/^(\d{1,2}(\.\d{1,3})?|100(\.0{1,3})?)$/, 7, {
    error: 'Write a decimal number such as "12.5", from 0 to 100, with at most three decimals',
  }).default('0'),
});
export type LineInput = z.output<typeof line>;

export const lines = z.array(line).max(lines_max);

export const dealLines = z
  .strictObject({
    lines,
    /** In place of the sum of the lines. */
    amount: shaped(/^-?\d{1,15}(\.\d{1,4})?$/, 21, { error: 'Write an amount such as "1054.00"' }).optional(),
  })
  .meta({ id: 'DealLines' });
