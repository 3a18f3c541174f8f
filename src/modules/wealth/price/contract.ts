import { requiredDate, requiredExactDecimal, requiredReference, text } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** What a security cost at the end of a day, in its currency, as it was then: not adjusted to later splits. */
export const price = defineResource({
  name: 'price',
  right: 'financial_security',
  plural: 'prices',
  table: 'price',
  title: 'price',
  defaultSort: '-day',
  highVolume: true,
  fields: {
    security_id: requiredReference('financial_security', { title: 'Security', expand: 'security', createOnly: true }),
    day: requiredDate({ title: 'Day', createOnly: true }),
    price: requiredExactDecimal({ whole: 10, scale: 8 }, { title: 'Market price' }),
    source: text(100, { title: 'Source' }),
  },
});
