import { Building2, CircleCheck, CopyCheck, Download, Plus, SquareCheck, Trash2, Upload, Users } from 'lucide-react';
import { hasDuplicates } from '../../platform/duplicate/hasDuplicates.ts';
import { duplicateRoutes } from '../../platform/duplicate/routes.ts';
import { exportRoutes } from '../../platform/export/routes.ts';
import type { Manifest, May } from '../../platform/product/manifest.ts';
import { recordType } from '../../platform/record/definition.ts';
import { hasTrash } from '../../platform/trash/mayTrash.ts';
import { trashRoutes } from '../../platform/trash/routes.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { importRoutes } from './import/routes.ts';
import { taskRoutes } from './task/routes.ts';

const mayImport = (may: May) => may('import', 'create');
const mayReadExports = (may: May) => may('export', 'read');

const contact = recordType({
  resource: 'contact',
  path: '/contacts',
  singular: t('Contact'),
  plural: t('Contacts'),
  newLabel: t('New contact'),
  icon: Users,
  square: false,
  shortcut: 'c',
  atBottom: true,
  hasDuplicates: true,
  details: async () => ({ details: (await import('./records.ts')).contact }),
});

const company = recordType({
  resource: 'company',
  path: '/companies',
  singular: t('Company'),
  plural: t('Companies'),
  newLabel: t('New company'),
  icon: Building2,
  shortcut: 'o',
  hasDuplicates: true,
  details: async () => ({ details: (await import('./records.ts')).company }),
});

export const directory = {
  id: 'directory',
  isBase: true,
  routes: [...taskRoutes, ...importRoutes, ...trashRoutes, ...duplicateRoutes, ...exportRoutes],
  records: [contact, company],
  attached: {
    task: {
      singular: t('Task'),
      plural: t('Tasks'),
      newLabel: t('New task'),
      path: '/tasks',
      link: { icon: SquareCheck, to: (id) => ({ to: '/tasks', search: { task: id } }) },
    },
  },
  navigation: [
    { to: '/tasks', label: t('Tasks'), goTo: t('Go to tasks'), icon: SquareCheck, resource: 'task', key: 't' },
    contact,
    company,
  ],
  tools: [
    { to: '/imports', label: t('Import'), icon: Upload, isShown: mayImport },
    { to: '/exports', label: t('Exports'), icon: Download, isShown: mayReadExports },
    { to: '/duplicates', label: t('Duplicates'), icon: CopyCheck, isShown: hasDuplicates },
    { to: '/trash', label: t('Trash'), icon: Trash2, isShown: hasTrash },
  ],
  commands: [
    {
      label: t('New task'),
      icon: Plus,
      to: '/tasks',
      search: { create: true },
      isShown: (may) => may('task', 'create'),
    },
    { label: t('Import a file'), icon: Upload, to: '/imports/new', isShown: mayImport },
    { label: t('Go to imports'), icon: Upload, to: '/imports', isShown: (may) => may('import', 'read') },
    { label: t('Go to exports'), icon: Download, to: '/exports', isShown: mayReadExports },
    { label: t('Go to duplicates'), icon: CopyCheck, to: '/duplicates', isShown: hasDuplicates },
    { label: t('Go to trash'), icon: Trash2, to: '/trash', isShown: hasTrash },
  ],
  home: () => import('./home/home.ts'),
  timeline: [
    {
      kind: 'task',
      label: t('Tasks'),
      icon: CircleCheck,
      Entry: lazyPart(() => import('./task/TaskEntry.tsx')),
      compose: {
        label: t('Task'),
        icon: SquareCheck,
        Dialog: lazyPart(() => import('./task/ComposeTask.tsx')),
      },
    },
  ],
  related: lazyPart(async () => ({ default: (await import('./task/OpenTasks.tsx')).OpenTasks })),
} satisfies Manifest;
