import { boolean, currency, custom, money, requiredText, text } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const product = defineResource({
  name: 'product',
  plural: 'products',
  table: 'product',
  title: 'product',
  defaultSort: 'name',
  fields: {
    external_id: text(200, { title: 'External ID', byCodePoint: true }),
    name: requiredText(200, { title: 'Name' }),
    family: text(200, { title: 'Family' }),
    unit_price: money('currency', { title: 'Unit price' }),
    currency: currency({ title: 'Currency' }),
    active: boolean({ title: 'Active' }),
    custom: custom(),
  },
});
