import { readAll, vocabularyRights } from '../../kernel/access/rights.ts';
import { shared } from '../../kernel/access/table-rule.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { tag } from './contract.ts';

declare module '../../kernel/access/rights.ts' {
  interface RightNames {
    tag: true;
  }
}

export const tagType: RecordType = {
  resource: tag,
  rule: shared('tag', 'tag'),
  right: {
    roles: { ...vocabularyRights, member: { read: 'all', create: 'all' }, operator: readAll, support: readAll },
  },
  rules: { cacheTags: ['tag'] },
};
