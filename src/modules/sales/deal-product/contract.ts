import { currency, money, reference } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** What of a deal's amount falls to each of its products; the rows behind figures by product. Only read. */
export const dealProduct = defineResource({
  name: 'deal_product',
  right: 'deal',
  plural: 'deal-products',
  table: 'deal_product',
  title: 'product of a deal',
  defaultSort: '-created_at',
  fields: {
    deal_id: reference('deal', { title: 'Deal', expand: 'deal' }),
    product_id: reference('product', { title: 'Product', expand: 'product' }),
    amount: money('currency', { title: 'Share of the amount' }),
    currency: currency({ title: 'Currency' }),
  },
});
