import { full } from '../../../kernel/access/rights.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { ownedBy } from '../owned.ts';
import { revokeAtGoogle } from './connection/routes.ts';
import { mailbox } from './contract.ts';

export { aliasJobs } from './alias/jobs.ts';
export { aliasRoutes } from './alias/routes.ts';
export { germanOfAliases } from './alias/words.ts';
export { addressOf, isUnsafe, type Server, tlsOf } from './connection/address.ts';
export { googleConnectionRoutes } from './connection/google-routes.ts';
export { type Credentials, unencrypted, withImap } from './connection/imap.ts';
export { type ConnectionRow, findConnection, serversOf } from './connection/queries.ts';
export { connectionRoutes, requireOwn } from './connection/routes.ts';
export { MailTrouble, troubleOf } from './connection/trouble.ts';
export { folderRoutes } from './folders.ts';
export { AnswerLost, type GoogleApi } from './google/api.ts';
export { googleApiFor, googleClientRoutes } from './google/client-routes.ts';
export { asConflict, consentUrl, readAnswer } from './google/consent.ts';
export { googleAnswer, googleConsent } from './google/contract.ts';
export { revokeGrant, revokeJobs } from './google/revoke.ts';
export { ledgerRoutes } from './ledger/routes.ts';
export { freeMailDomains } from './normalise/free-mail.ts';
export { matchConsumer, normaliseJobs } from './normalise/jobs.ts';
export { gmailOf } from './provider/with-provider.ts';
export { sharingRoutes } from './sharing/routes.ts';
export { syncAt, syncJobs } from './sync/jobs.ts';
export { isImporting } from './sync/queries.ts';
export { MailboxWatcher } from './watch/watcher.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    mailbox: true;
  }
}

const { rules, ...owned } = ownedBy(mailbox);

export const mailboxType: RecordType = {
  ...owned,
  rules: { ...rules, beforeDelete: revokeAtGoogle },
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
};
