import { House } from 'lucide-react';
import type { Manifest } from '../../platform/product/manifest.ts';
import { t } from '../../text/text.ts';
import { homeRoutes } from './routes.ts';

export const home = {
  id: 'home',
  isBase: true,
  routes: homeRoutes,
  navigation: [{ to: '/', label: t('Home'), goTo: t('Go to home'), icon: House, key: 'h', atBottom: true }],
} satisfies Manifest;
