import { t } from '../../text/text.ts';
import type { FieldDef } from './field.ts';

/** When a record was made and last changed: the last fields of every record. */
export const times: FieldDef[] = [
  {
    key: 'created_at',
    label: t('Created'),
    kind: 'time',
    section: t('Record'),
    readOnly: true,
    sortable: true,
    filterable: true,
    required: true,
  },
  {
    key: 'updated_at',
    label: t('Changed'),
    kind: 'time',
    section: t('Record'),
    readOnly: true,
    sortable: true,
    filterable: true,
    required: true,
    inTable: true,
    width: 130,
  },
];
