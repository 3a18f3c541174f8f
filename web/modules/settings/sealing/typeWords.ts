import { wordsOf } from '../../../platform/record/recordTypes.ts';
import { t } from '../../../text/text.ts';

/** Record types without a list of their own. */
const words: Readonly<Record<string, string>> = {
  user: t('Members'),
  attachment: t('Files'),
  meeting_calendar: t('Calendars'),
  mailbox: t('Mailboxes'),
  mail_message: t('E-mails'),
  meeting: t('Meetings'),
  document: t('Documents'),
  communication: t('Communications'),
  client_review: t('Reviews'),
  relationship: t('Relationships'),
  goal: t('Goals'),
  suitability_profile: t('Suitability'),
};

export const typeWords = (resource: string): string => words[resource] ?? wordsOf(resource).Types;
