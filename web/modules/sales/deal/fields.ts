import type { FieldView } from '../../../platform/record/contractFields.ts';
import type { SelectOption } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';

export const dealStatuses: SelectOption[] = [
  { value: 'open', label: t('Open'), meaning: 'info' },
  { value: 'won', label: t('Won'), meaning: 'good' },
  { value: 'lost', label: t('Lost'), meaning: 'bad' },
];

export const dealFields: FieldView[] = [
  { key: 'name', label: t('Name'), inTable: true, inForm: true },
  { key: 'amount', label: t('Amount'), inForm: true, inTable: true, width: 130 },
  { key: 'currency', label: t('Currency'), inForm: true, filterable: false },
  { key: 'pipeline_id', label: t('Pipeline'), inForm: true },
  { key: 'stage_id', label: t('Stage'), inTable: true, width: 150, readOnly: true, required: true },
  { key: 'status', label: t('Status'), options: dealStatuses, inTable: true, width: 100, required: true },
  { key: 'stage_entered_at', section: null, label: t('In this stage since'), required: true },
  { key: 'left_lying', section: null, label: t('Stalled'), warns: true, inTable: true, width: 110 },
  { key: 'score', section: null, label: t('Score'), inTable: true, width: 90 },
  { key: 'expected_close_on', label: t('Expected close'), inForm: true, inTable: true, width: 140 },
  { key: 'opened_on', label: t('Opened') },
  { key: 'closed_on', label: t('Closed'), readOnly: true },
  { key: 'close_reason_id', label: t('Close reason'), readOnly: true },
  { key: 'company_id', label: t('Company'), section: t('People'), inForm: true, inTable: true, width: 200 },
  { key: 'contact_id', label: t('Contact'), section: t('People'), inForm: true, inTable: true, width: 180 },
  { key: 'owner_id', label: t('Owner'), section: t('People'), inForm: true, inTable: true, width: 170 },
  { key: 'source', label: t('Source'), section: t('More') },
  { key: 'tags', label: t('Tags'), section: t('More') },
  { key: 'description', label: t('Description'), section: t('More') },
  {
    key: 'external_id',
    label: t('External ID'),
    section: t('Record'),
    help: t('The id this deal has in another system'),
  },
  // The page shows it below the deal's contact, once it is closed.
  { key: 'close_note', hidden: true },
];
