import { shared } from '../../../kernel/access/table-rule.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { inMailbox } from '../reach.ts';
import { message } from './contract.ts';

export { enqueueScan, scanJobs } from './jobs.ts';
export { openFiles } from './open-files.ts';
export { findFiles } from './queries.ts';
export type { Bounce } from './raw/bounce.ts';
export { type ParsedMail, parser_version } from './raw/parse.ts';
export { parseMails, parseSoon } from './raw/parsers.ts';
export { insertRaws, raw_bytes_max, readRaw, type StoredRaw, storeRaw } from './raw/store.ts';
export { messageRoutes } from './routes.ts';
export { thread } from './thread/contract.ts';
export {
  findThread,
  folderOf,
  isHere,
  isSeen,
  leaveMailbox,
  refreshConversations,
  refreshThreads,
  type ThreadRow,
} from './thread/queries.ts';
export { threadRoutes } from './thread/routes.ts';

export const messageType: RecordType = {
  resource: message,
  rule: shared('mail_message', 'mailbox', {
    private: true,
    degrees: message,
    byRow: {
      exists: (alias) => inMailbox('exists', alias),
      subject: (alias) => inMailbox('subject', alias),
      read: (alias) => inMailbox('everything', alias),
    },
    rows: {
      read: inMailbox('everything'),
      append: '(select app.is_system())',
      change: inMailbox('own'),
      remove: inMailbox('own'),
    },
    note: 'A message is seen as far as the owner of one of the mailboxes that it is in shares it.',
  }),
  ownTriggers: true,
  rules: {
    beforeCreate: () => {
      throw problems.conflict('Messages come from mailboxes, and are written with POST /api/v1/outgoing-mails');
    },
  },
  texts: { title: 'subject', body: 'body' },
};
