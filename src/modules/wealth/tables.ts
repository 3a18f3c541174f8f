import { readOnly, type TableRule } from '../../kernel/access/table-rule.ts';

/** Who reaches which rows of the tables that are no record types. */
export const wealthTables: readonly TableRule[] = [
  readOnly(
    'document_version',
    'exists (select from document p where p.tenant_id = document_version.tenant_id and p.id = document_version.document_id)',
    { right: 'household', note: 'Only the trigger of documents writes them.' },
  ),
];
