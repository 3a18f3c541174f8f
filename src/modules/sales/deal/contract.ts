import { z } from 'zod';
import {
  boolean,
  currency,
  custom,
  date,
  integer,
  longText,
  money,
  namedReference,
  nested,
  rank,
  reference,
  requiredReference,
  requiredSelect,
  requiredText,
  tags,
  text,
  time,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { lines } from '../deal-line/contract.ts';
import { stageKinds } from '../stage/contract.ts';

export const dealLine = z.object({
  id: z.uuid(),
  product_id: z.uuid(),
  product: namedReference.nullable(),
  quantity: z.string(),
  unit_price: z.string(),
  discount_percent: z.string(),
  total: z.string(),
});

export const deal = defineResource({
  name: 'deal',
  plural: 'deals',
  table: 'deal',
  title: 'deal',
  owner: 'owner_id',
  trash: true,
  defaultSort: 'name',
  tagColumn: 'deal_id',
  together: [
    ['pipeline_id', 'stage_id', 'status', 'stage_entered_at', 'position', 'closed_on', 'close_reason_id', 'close_note'],
  ],
  fields: {
    external_id: text(200, { title: 'External id' }),
    name: requiredText(200, { title: 'Name' }),
    amount: money('currency', { title: 'Amount' }),
    currency: currency({ title: 'Currency' }),
    company_id: reference('company', { title: 'Company', expand: 'company' }),
    contact_id: reference('contact', { title: 'Contact', expand: 'contact' }),
    owner_id: reference('user_account', { title: 'Owner', expand: 'owner' }),
    pipeline_id: requiredReference('pipeline', { title: 'Pipeline', expand: 'pipeline', required: false }),
    stage_id: requiredReference('stage', { title: 'Stage', expand: 'stage', required: false }),
    status: requiredSelect(stageKinds, { title: 'Status', readOnly: true }),
    stage_entered_at: time({ title: 'In this stage since', readOnly: true }),
    left_lying: boolean({ title: 'Stalled', readOnly: true }),
    position: rank({ title: 'Place in the column' }),
    expected_close_on: date({ title: 'Expected close' }),
    opened_on: date({ title: 'Opened' }),
    closed_on: date({ title: 'Closed' }),
    close_reason_id: reference('close_reason', { title: 'Close reason', expand: 'close_reason' }),
    close_note: text(2000, { title: 'Note on closing' }),
    source: text(100, { title: 'Source' }),
    score: integer({ min: 0, max: 100 }, { title: 'Score', readOnly: true, emptyLast: true }),
    description: longText(20_000, { title: 'Description' }),
    tags: tags({ title: 'Tags' }),
    custom: custom(),
    lines: nested(dealLine, {
      title: 'Products',
      rowsFrom: { view: 'deal_line_item', subject: 'deal_id' },
      filterable: true,
      through: { table: 'deal_line', subject: 'deal_id', value: 'product_id' },
      createdWith: lines,
    }),
  },
});
