import { shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { closeReason } from './contract.ts';

export const closeReasonType: RecordType = {
  resource: closeReason,
  rule: shared('close_reason', 'pipeline'),
  rules: { cacheTags: ['close_reason'] },
};
