import { Inbox } from 'lucide-react';
import type { Manifest } from '../../platform/product/manifest.ts';
import { t } from '../../text/text.ts';
import { inboxRoutes, unsubscribeRoutes } from './routes.ts';
import { UnreadBadge } from './UnreadBadge.tsx';

export const inbox = {
  id: 'inbox',
  isBase: true,
  routes: inboxRoutes,
  openRoutes: unsubscribeRoutes,
  navigation: [
    {
      to: '/inbox',
      label: t('Inbox'),
      goTo: t('Go to inbox'),
      icon: Inbox,
      key: 'i',
      atBottom: true,
      Badge: UnreadBadge,
    },
  ],
  live: [{ of: ['notification'], rereads: ['notification'] }],
} satisfies Manifest;
