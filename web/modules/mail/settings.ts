import { AtSign, FileText } from 'lucide-react';
import type { ProductSettings } from '../../platform/product/manifest.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';

export const sections: ProductSettings['sections'] = [
  {
    id: 'mail-templates',
    under: 'data',
    label: t('Mail templates'),
    icon: FileText,
    resource: 'mailbox',
    Page: lazyPart(() => import('./template/TemplatePage.tsx')),
  },
  {
    id: 'google',
    under: 'workspace',
    label: 'Google',
    icon: AtSign,
    resource: 'mailbox',
    Page: lazyPart(() => import('./google/GoogleClientPage.tsx')),
  },
];

export const rights: ProductSettings['rights'] = { records: [{ resource: 'mailbox', label: t('Mailboxes') }] };

export const jobs: ProductSettings['jobs'] = {
  'mail.sync': t('Comparing mailboxes with their providers'),
  'mail.normalise': t('Reading mail that came in'),
  'mail.match': t('Finding whom mail is about'),
  'mail.scan_files': t('Scanning files of new mail'),
  'mail.send': t('Sending mail'),
  'mail.copy': t('Copies of sent mail'),
  'mail.alias_code': t('Codes for further addresses'),
  'calendar.sync': t('Comparing calendars with their providers'),
  'google.revoke': t('Giving back grants at Google'),
  'meeting.match': t('Finding whom meetings are with'),
};

export const things: ProductSettings['things'] = {
  google_client: t('the client of the workspace at Google'),
  mailbox: t('a mailbox'),
  mail_message: t('a mail'),
  mail_template: t('a mail template'),
  meeting_calendar: t('a calendar'),
  meeting: t('a meeting'),
};

export const named: ProductSettings['named'] = ['mailbox', 'mail_template', 'meeting_calendar'];
