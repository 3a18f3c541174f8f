import { useNavigate } from '@tanstack/react-router';
import {
  CopyCheck,
  LogOut,
  type LucideIcon,
  Moon,
  Palette,
  Plus,
  Settings,
  ShieldCheck,
  Sun,
  Trash2,
  Upload,
} from 'lucide-react';
import { t } from '../../text/text.ts';
import { attempt } from '../attempt.ts';
import { destinations } from '../navigation.ts';
import { signOut, useMay } from '../session.tsx';
import { setTheme } from '../theme.ts';

export interface PaletteCommand {
  label: string;
  icon: LucideIcon;
  keys?: string;
  onSelect: () => void;
}

const creatable = [
  { resource: 'contact', to: '/contacts', label: 'New contact' },
  { resource: 'company', to: '/companies', label: 'New company' },
  { resource: 'deal', to: '/deals', label: 'New deal' },
  { resource: 'task', to: '/tasks', label: 'New task' },
];

/** What one may do from anywhere. */
export function useCommands(): PaletteCommand[] {
  const navigate = useNavigate();
  const may = useMay();
  const go = (to: string) => () => void navigate({ to });
  return [
    ...destinations
      .filter(({ resource }) => !resource || may(resource, 'read'))
      .map(({ to, label, icon, key }) => ({
        label: `Go to ${label.toLowerCase()}`,
        icon,
        keys: `g ${key}`,
        onSelect: go(to),
      })),
    ...creatable
      .filter(({ resource }) => may(resource, 'create'))
      .map(({ to, label }) => ({ label, icon: Plus, onSelect: () => void navigate({ to, search: { create: true } }) })),
    ...(may('import', 'create') ? [{ label: 'Import a file', icon: Upload, onSelect: go('/imports/new') }] : []),
    { label: 'Go to duplicates', icon: CopyCheck, onSelect: go('/duplicates') },
    { label: 'Go to trash', icon: Trash2, onSelect: go('/trash') },
    { label: 'Settings', icon: Settings, onSelect: go('/settings') },
    { label: 'Security settings', icon: ShieldCheck, onSelect: go('/settings/security') },
    { label: t('Go to the design system'), icon: Palette, onSelect: go('/design') },
    { label: 'Light theme', icon: Sun, onSelect: () => setTheme('light') },
    { label: 'Dark theme', icon: Moon, onSelect: () => setTheme('dark') },
    { label: 'Sign out', icon: LogOut, onSelect: () => void attempt(signOut) },
  ];
}
