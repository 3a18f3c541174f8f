import { t } from '../../text/text.ts';
import type { Folder } from './mail.ts';

/** One message: the inbox of a mailbox is called otherwise than the one of notifications where a language has two words. */
const nameOfRole = (role: NonNullable<Folder['role']>): string =>
  t(
    '{folder, select, inbox {Inbox} sent {Sent} drafts {Drafts} junk {Junk} trash {Trash} archive {Archive} other {All mail}}',
    { folder: role },
  );
export const nameOf = ({ role, name }: Folder): string => (role ? nameOfRole(role) : name);
/** A folder of which the path alone is known: every server calls its inbox so. */
export const nameOfPath = (path: string): string => (path.toUpperCase() === 'INBOX' ? nameOfRole('inbox') : path);
/** Where nothing shows in which folder it lies. */
export const pathOf = ({ role, path, name, is_label }: Folder): string =>
  role ? nameOfRole(role) : is_label ? name : path;
