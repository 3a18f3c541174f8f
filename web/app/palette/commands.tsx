import { useNavigate } from '@tanstack/react-router';
import { CopyCheck, Download, LogOut, type LucideIcon, Palette, Plus, Settings, Trash2, Upload } from 'lucide-react';
import { attempt } from '../../platform/query/attempt.ts';
import { definitions } from '../../platform/record/definitions.ts';
import { signOut, useMay, useSession } from '../../platform/session/session.tsx';
import { inSentence, t } from '../../text/text.ts';
import { destinations, hasDuplicates, hasTrash } from '../navigation.ts';
import { isOpen, settingsGroups } from '../settings/sections.ts';
import { setTheme, themes } from '../theme.ts';

export interface PaletteCommand {
  label: string;
  icon: LucideIcon;
  keys?: string;
  /** One of so many that it is shown only to whoever types a part of its name. */
  typed?: true;
  onSelect: () => void;
}

/** What one may do from anywhere. */
export function useCommands(): PaletteCommand[] {
  const navigate = useNavigate();
  const may = useMay();
  const session = useSession();
  const go = (to: string) => () => void navigate({ to });
  return [
    ...destinations()
      .filter(({ resource }) => !resource || may(resource, 'read'))
      .map(({ to, goTo, icon, key }) => ({
        label: goTo,
        icon,
        keys: key && `g ${key}`,
        onSelect: go(to),
      })),
    ...[
      ...definitions().map(({ resource, path, newLabel }) => ({ resource, to: path, label: newLabel })),
      { resource: 'task', to: '/tasks', label: t('New task') },
    ]
      .filter(({ resource }) => may(resource, 'create'))
      .map(({ to, label }) => ({ label, icon: Plus, onSelect: () => void navigate({ to, search: { create: true } }) })),
    ...(may('import', 'create') ? [{ label: t('Import a file'), icon: Upload, onSelect: go('/imports/new') }] : []),
    ...(may('import', 'read') ? [{ label: t('Go to imports'), icon: Upload, onSelect: go('/imports') }] : []),
    ...(may('export', 'read') ? [{ label: t('Go to exports'), icon: Download, onSelect: go('/exports') }] : []),
    ...(hasDuplicates(may) ? [{ label: t('Go to duplicates'), icon: CopyCheck, onSelect: go('/duplicates') }] : []),
    ...(hasTrash(may) ? [{ label: t('Go to trash'), icon: Trash2, onSelect: go('/trash') }] : []),
    { label: t('Settings'), icon: Settings, onSelect: go('/settings') },
    ...settingsGroups
      .flatMap(({ sections }) => sections)
      .filter((section) => isOpen(section, may, session))
      .map(({ id, label, icon, operator }) => ({
        label: operator
          ? t('Installation: {section}', { section: label })
          : t('{section} settings', { section: label }),
        icon,
        typed: true as const,
        onSelect: () => void navigate({ to: '/settings/$section', params: { section: id } }),
      })),
    { label: t('Go to the design system'), icon: Palette, onSelect: go('/design') },
    ...themes.map(({ value, label, icon }) => ({
      label: t('Theme: {theme}', { theme: inSentence(label) }),
      icon,
      onSelect: () => setTheme(value),
    })),
    { label: t('Sign out'), icon: LogOut, onSelect: () => void attempt(signOut) },
  ];
}
