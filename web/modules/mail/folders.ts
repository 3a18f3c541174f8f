import { t } from '../../text/text.ts';
import type { Folder } from './mail.ts';

const roles: Record<NonNullable<Folder['role']>, string> = {
  inbox: t('Inbox'),
  sent: t('Sent'),
  drafts: t('Drafts'),
  junk: t('Junk'),
  trash: t('Trash'),
  archive: t('Archive'),
  all: t('All mail'),
};
export const nameOf = ({ role, name }: Folder): string => (role ? roles[role] : name);
/** Where nothing shows in which folder it lies. */
export const pathOf = ({ role, path, name, is_label }: Folder): string => (role ? roles[role] : is_label ? name : path);
