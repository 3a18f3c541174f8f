import { custom, phone, requiredText, text, url } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** A bank or broker that keeps accounts of clients. */
export const custodian = defineResource({
  name: 'custodian',
  right: 'financial_security',
  plural: 'custodians',
  table: 'custodian',
  title: 'custodian',
  defaultSort: 'name',
  imported: true,
  fields: {
    external_id: text(200, { title: 'External ID', byCodePoint: true }),
    name: requiredText(200, { title: 'Name', headers: ['custodian', 'depotbank', 'broker', 'bank'] }),
    website: url({ title: 'Website' }),
    phone: phone({ title: 'Phone' }),
    custom: custom(),
  },
});
