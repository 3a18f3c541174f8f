import type { Manifest } from '../../platform/product/manifest.ts';
import { designRoutes } from './routes.ts';

export const design = {
  id: 'design',
  isBase: true,
  routes: designRoutes,
  navigation: [],
} satisfies Manifest;
