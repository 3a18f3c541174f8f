import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../platform/page/routes.ts';
import { lazyPage } from '../../text/lazy.ts';
import { loadSections } from './sections.ts';

const component = lazyPage(async () => {
  const [page] = await Promise.all([import('./SettingsPage.tsx'), loadSections()]);
  return page;
});

export const settingsRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: '/settings', component }),
  createRoute({ getParentRoute: () => shellRoute, path: '/settings/$section', component }),
];
