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

/** The condition on messages, each of which may be in several mailboxes. */
export const inMailbox = (degree: MailDegree, alias = ''): string =>
  `${may('mailbox', 'read')} and (${isSystem} or ${alias}mailbox_ids && ${mailboxesOf(degree)})`;
