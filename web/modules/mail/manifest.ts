import { Mail } from 'lucide-react';
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
  ],
  // Neither stays in the browser: queries of the page of mail are no lists of them.
  collections: {
    mailbox: { path: '/mailboxes' },
    mail_message: { path: '/messages' },
    mail_template: { path: '/mail-templates' },
  },
  links: { mail_message: { icon: Mail, to: (message) => ({ to: '/mail', search: { message } }) } },
  settings: () => import('./settings.ts'),
  timeline: [
    {
      kind: 'mail_message',
      label: t('Mail'),
      icon: Mail,
      Entry: lazyPart(() => import('./MailEntry.tsx')),
    },
  ],
} satisfies Manifest;
