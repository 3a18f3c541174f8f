import { may } from '../../kernel/access/table-rule.ts';

/**
 * How much of its mail a mailbox has to show: that it exists with its people and times, its subjects, everything; or
 * that it is the caller's own.
 */
type MailDegree = 'exists' | 'subject' | 'everything' | 'own';

const isSystem = '(select app.is_system())';
const mailboxesOf = (degree: MailDegree) => `(select app.mailboxes_read('${degree}'))::uuid[]`;

/**
 * The condition on rows of one mailbox. Whatever right somebody has, what the owner of the mailbox shares is what they
 * see of it.
 */
export const ofMailbox = (degree: MailDegree, column = 'mailbox_id'): string =>
  `${may('mailbox', 'read')} and (${isSystem} or ${column} = any (${mailboxesOf(degree)}))`;

type CalendarDegree = 'exists' | 'everything' | 'own';

const calendarsOf = (degree: CalendarDegree) => `(select app.calendars_read('${degree}'))::uuid[]`;

/** The condition on rows of one calendar: what its owner shares is what others see of it. */
export const ofCalendar = (degree: CalendarDegree): string =>
  `${may('mailbox', 'read')} and (${isSystem} or calendar_id = any (${calendarsOf(degree)}))`;

/** The condition on meetings. One that is marked as private is its owner's alone. */
export const inCalendar = (degree: CalendarDegree, alias = ''): string =>
  degree === 'own'
    ? `${may('mailbox', 'read')} and (${isSystem} or ${alias}calendar_id = any (${calendarsOf('own')}))`
    : `${may('mailbox', 'read')} and (${isSystem} or ${alias}calendar_id = any (${calendarsOf('own')})
    or not ${alias}is_private and ${alias}calendar_id = any (${calendarsOf(degree)}))`;

const sharedIn = (degree: MailDegree) => `(select app.mailboxes_shared('${degree}'))::uuid[]`;
/** Where nobody else has made an exception, a row is compared with nothing more. */
const hasExceptions = '(select app.has_sharing_exceptions())';
const candidates = (degree: MailDegree) => `(select app.sharing_candidates('${degree}'))::uuid[]`;

/**
 * The condition on messages, each of which may be in several mailboxes. Of those in a mailbox with an exception that
 * shows less, and of those to which one that shows more may apply, each is looked at.
 */
export function inMailbox(degree: MailDegree, alias = ''): string {
  if (degree === 'own')
    return `${may('mailbox', 'read')} and (${isSystem} or ${alias}mailbox_ids && ${mailboxesOf('own')})`;
  const [id, conversation, records, said, mailboxes] = [
    'id',
    'conversation_id',
    'records',
    'records_said',
    'mailbox_ids',
  ].map((column) => alias + column);
  return `${may('mailbox', 'read')} and (${isSystem} or ${mailboxes} && ${sharedIn(degree)}
    or ${hasExceptions} and (${mailboxes} || ${records} || ${conversation}) && ${candidates(degree)}
      and app.message_shared('${degree}', ${id}, ${conversation}, ${records}, ${said}, ${mailboxes}))`;
}

/** The condition on conversations as they stand in a mailbox: whoever reads one reads each of its messages. */
export const inThread = `${may('mailbox', 'read')} and (${isSystem} or mailbox_id = any (${sharedIn('everything')})
    or ${hasExceptions} and array[mailbox_id, conversation_id] && ${candidates('everything')} and app.conversation_shared(mailbox_id, conversation_id))`;
