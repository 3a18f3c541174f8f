import { Palette } from 'lucide-react';
import type { Manifest } from '../../platform/product/manifest.ts';
import { t } from '../../text/text.ts';
import { designRoutes } from './routes.ts';

export const design = {
  id: 'design',
  isBase: true,
  routes: designRoutes,
  navigation: [],
  commands: [{ label: t('Go to the design system'), icon: Palette, to: '/design' }],
} satisfies Manifest;
