import { ChartColumn, CircleDollarSign, Package, Route } from 'lucide-react';
import type { Manifest } from '../../platform/product/manifest.ts';
import { recordType } from '../../platform/record/definition.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { dashboardRoutes } from './dashboard/routes.ts';
import { extensions } from './directory.ts';

const deal = recordType({
  resource: 'deal',
  path: '/deals',
  singular: t('Deal'),
  plural: t('Deals'),
  newLabel: t('New deal'),
  icon: CircleDollarSign,
  shortcut: 'd',
  atBottom: true,
  details: async () => ({ details: (await import('./records.ts')).deal }),
});

const product = recordType({
  resource: 'product',
  path: '/products',
  singular: t('Product'),
  plural: t('Products'),
  newLabel: t('New product'),
  icon: Package,
  details: async () => ({ details: (await import('./records.ts')).product }),
});

export const sales = {
  id: 'sales',
  title: t('Sales'),
  routes: dashboardRoutes,
  records: [deal, product],
  extensions,
  collections: {
    deal_product: { path: '/deal-products' },
    pipeline: { path: '/pipelines', isKept: true },
    stage: { path: '/stages' },
    close_reason: { path: '/close-reasons', isKept: true },
    scoring_rule: { path: '/scoring-rules' },
    currency_rate: { path: '/currency-rates' },
    dashboard: { path: '/dashboards', isKept: true },
    dashboard_tile: { path: '/dashboard-tiles' },
    sales_target: { path: '/sales-targets' },
  },
  links: { dashboard: { icon: ChartColumn, to: (id) => ({ to: '/dashboard', search: { board: id } }) } },
  navigation: [
    deal,
    product,
    {
      to: '/dashboard',
      label: t('Dashboard'),
      goTo: t('Go to dashboard'),
      icon: ChartColumn,
      resource: 'dashboard',
      key: 'b',
    },
  ],
  settings: () => import('./settings.ts'),
  home: () => import('./home/home.ts'),
  firstSteps: [
    {
      section: 'pipelines',
      label: t('Set up the stages of your deals'),
      icon: Route,
      right: ['pipeline', 'create'],
    },
  ],
  live: [
    // A pipeline is read with its stages, and with what they ask for of the fields in use.
    { of: ['stage', 'custom_field'], rereads: ['pipeline'] },
    // The board of its deals has a column for each.
    { of: ['stage'], rereads: ['deal'] },
    // What figures are made of, and what says which of them are shown.
    {
      of: [
        'deal', 'contact', 'company', 'activity', 'note', 'task', 'product', 'pipeline', 'stage', 'team', 'user',
        'currency_rate', 'dashboard', 'dashboard_tile',
      ], // biome-ignore format: a list of words
      rereads: ['dashboard'],
    },
  ],
  offline: {
    deal: {
      onArrival: async (entry) => (await import('./deal/boards.ts')).keepOnBoards(entry),
      FillMissing: lazyPart(() => import('./deal/FillMissing.tsx')),
    },
  },
} satisfies Manifest;
