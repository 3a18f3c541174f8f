import { Building, Fingerprint, Settings, Users } from 'lucide-react';
import { settingsRoutes } from '../../app/settings/routes.ts';
import type { Manifest } from '../../platform/product/manifest.ts';
import { t } from '../../text/text.ts';

export const settings = {
  id: 'settings',
  isBase: true,
  routes: settingsRoutes,
  navigation: [],
  tools: [{ to: '/settings', label: t('Settings'), icon: Settings }],
  commands: [{ label: t('Settings'), icon: Settings, to: '/settings' }],
  settings: () => import('./settings.ts'),
  firstSteps: [
    {
      section: 'workspace',
      label: t('Name the workspace, its currency and time zone'),
      icon: Building,
      right: ['tenant', 'update'],
    },
    {
      section: 'security',
      label: t('Set your password and second factor'),
      icon: Fingerprint,
      right: ['tenant', 'update'],
    },
    { section: 'members', label: t('Invite your colleagues'), icon: Users, right: ['user', 'create'] },
  ],
} satisfies Manifest;
