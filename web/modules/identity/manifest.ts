import type { Manifest } from '../../platform/product/manifest.ts';
import { identityRoutes } from './routes.ts';

export const identity = {
  id: 'identity',
  isBase: true,
  openRoutes: identityRoutes,
  navigation: [],
} satisfies Manifest;
