import { currency, requiredDate, requiredExactDecimal, text } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** How much of one currency a unit of another was worth at the end of a day. */
export const exchangeRate = defineResource({
  name: 'exchange_rate',
  right: 'financial_security',
  plural: 'exchange-rates',
  table: 'exchange_rate',
  title: 'exchange rate',
  defaultSort: '-day',
  highVolume: true,
  fields: {
    currency: currency({ title: 'Currency', required: true, createOnly: true }),
    in_currency: currency({ title: 'In currency', required: true, createOnly: true }),
    day: requiredDate({ title: 'Day', createOnly: true }),
    rate: requiredExactDecimal({ whole: 8, scale: 10 }, { title: 'Rate' }),
    source: text(100, { title: 'Source' }),
  },
});
