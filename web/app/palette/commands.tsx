import { useNavigate } from '@tanstack/react-router';
import { CopyCheck, LogOut, type LucideIcon, Palette, Plus, Settings, ShieldCheck, Trash2, Upload } from 'lucide-react';
import { definitions } from '../../record/definitions.ts';
import { inSentence, t } from '../../text/text.ts';
import { attempt } from '../attempt.ts';
import { destinations, hasDuplicates, hasTrash } from '../navigation.ts';
import { signOut, useMay } from '../session.tsx';
import { setTheme, themes } from '../theme.ts';

export interface PaletteCommand {
  label: string;
  icon: LucideIcon;
  keys?: string;
  onSelect: () => void;
}

/** What one may do from anywhere. */
export function useCommands(): PaletteCommand[] {
  const navigate = useNavigate();
  const may = useMay();
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
    ...(hasDuplicates(may) ? [{ label: t('Go to duplicates'), icon: CopyCheck, onSelect: go('/duplicates') }] : []),
    ...(hasTrash(may) ? [{ label: t('Go to trash'), icon: Trash2, onSelect: go('/trash') }] : []),
    { label: t('Settings'), icon: Settings, onSelect: go('/settings') },
    { label: t('Security settings'), icon: ShieldCheck, onSelect: go('/settings/security') },
    { label: t('Go to the design system'), icon: Palette, onSelect: go('/design') },
    ...themes.map(({ value, label, icon }) => ({
      label: t('Theme: {theme}', { theme: inSentence(label) }),
      icon,
      onSelect: () => setTheme(value),
    })),
    { label: t('Sign out'), icon: LogOut, onSelect: () => void attempt(signOut) },
  ];
}
