import { full } from '../../../kernel/access/rights.ts';
import { may, shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { createRows, type Values } from '../../../kernel/resource/store.ts';
import { mailbox } from './contract.ts';

export { addressOf, isUnsafe, type Server, tlsOf } from './connection/address.ts';
export { type Credentials, unencrypted, withImap } from './connection/imap.ts';
export { type ConnectionRow, findConnection } from './connection/queries.ts';
export { connectionRoutes, requireOwn } from './connection/routes.ts';
export { openPassword } from './connection/secret.ts';
export { MailTrouble, troubleOf } from './connection/trouble.ts';
export { folderRoutes } from './folders.ts';
export { ledgerRoutes } from './ledger/routes.ts';
export { freeMailDomains } from './normalise/free-mail.ts';
export { matchConsumer, normaliseJobs } from './normalise/jobs.ts';
export { syncAt, syncJobs } from './sync/jobs.ts';
export { MailboxWatcher } from './watch/watcher.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    mailbox: true;
  }
}

const mine = `((select app.is_system()) or owner_id = (select app.user_id()))`;

export const mailboxType: RecordType = {
  resource: mailbox,
  rule: shared('mailbox', 'mailbox', {
    private: true,
    rows: {
      read: `${may('mailbox', 'read')} and (${mine} or sharing <> 'private')`,
      append: `${may('mailbox', 'create')} and ${mine}`,
      change: `${may('mailbox', 'update')} and ${mine}`,
      remove: `${may('mailbox', 'delete')} and ${mine}`,
    },
    changed: mine,
    note: 'Nobody, administrators included, sees or shares more of a mailbox than its owner does.',
  }),
  right: {
    roles: {
      manager: full,
      member: full,
      advisor: full,
      assistant: full,
      support: full,
      viewer: { read: 'all' },
    },
  },
  rules: {
    create: (ctx, inputs, errorPath) =>
      createRows(
        ctx,
        mailbox,
        inputs.map((input): Values => ({ ...input })),
        { owner_id: ctx.actor.user_id },
        errorPath,
      ),
  },
};
