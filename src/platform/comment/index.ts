import type { Grant } from '../../kernel/access/rights.ts';
import { readAll } from '../../kernel/access/rights.ts';
import { owned } from '../../kernel/access/table-rule.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { onRecord } from '../subject.ts';
import { comment } from './contract.ts';
import { prepareChange, prepareComments } from './service.ts';

declare module '../../kernel/access/rights.ts' {
  interface RightNames {
    comment: true;
  }
}

/** What one says is one's own; who may read the record may read it. */
const ownWords: Grant = { read: 'all', create: 'all', update: 'own', delete: 'own' };

export const commentType: RecordType = {
  resource: comment,
  rule: owned('comment', 'comment', 'author_id', { on: onRecord, outside: "audience = 'public'" }),
  ownTriggers: true,
  right: {
    outside: ['read', 'create'],
    roles: {
      manager: { ...ownWords, delete: 'all' },
      member: ownWords,
      advisor: ownWords,
      assistant: ownWords,
      viewer: readAll,
      operator: ownWords,
      support: ownWords,
    },
  },
  rules: { beforeCreate: prepareComments, beforeUpdate: prepareChange },
  texts: { body: 'body' },
  webhooks: true,
};
