import { CalendarDays, Mail } from 'lucide-react';
import type { Manifest } from '../../platform/product/manifest.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { mailRoutes } from './routes.ts';

export const mail = {
  id: 'mail',
  title: t('Mail'),
  routes: mailRoutes,
  navigation: [
    { to: '/mail', label: t('Mail'), goTo: t('Go to mail'), icon: Mail, resource: 'mailbox', key: 'm', atBottom: true },
    {
      to: '/calendar',
      label: t('Calendar'),
      goTo: t('Go to the calendar'),
      icon: CalendarDays,
      resource: 'mailbox',
      key: 'k',
    },
  ],
  // Neither stays in the browser: queries of the page of mail are no lists of them.
  collections: {
    mailbox: { path: '/mailboxes' },
    mail_message: { path: '/messages' },
    mail_template: { path: '/mail-templates' },
    meeting_calendar: { path: '/meeting-calendars' },
    meeting: { path: '/meetings' },
  },
  links: {
    mail_message: { icon: Mail, to: (message) => ({ to: '/mail', search: { message } }) },
    meeting: { icon: CalendarDays, to: (meeting) => ({ to: '/calendar', search: { meeting } }) },
  },
  settings: () => import('./settings.ts'),
  timeline: [
    {
      kind: 'mail_message',
      label: t('Mail'),
      icon: Mail,
      Entry: lazyPart(() => import('./MailEntry.tsx')),
    },
    {
      kind: 'meeting',
      label: t('Meetings'),
      icon: CalendarDays,
      Entry: lazyPart(() => import('./calendar/MeetingEntry.tsx')),
    },
  ],
} satisfies Manifest;
