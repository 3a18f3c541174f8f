import { useNavigate } from '@tanstack/react-router';
import { LogOut, type LucideIcon, Plus } from 'lucide-react';
import { products } from '../../platform/product/products.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { recordTypes } from '../../platform/record/recordTypes.ts';
import { signOut, useMay, useSession } from '../../platform/session/session.tsx';
import { inSentence, t } from '../../text/text.ts';
import { destinations } from '../navigation.ts';
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
    ...recordTypes()
      .filter(({ resource }) => may(resource, 'create'))
      .map(({ path, newLabel }) => ({
        label: newLabel,
        icon: Plus,
        onSelect: () => void navigate({ to: path, search: { create: true } }),
      })),
    ...products()
      .flatMap(({ commands = [] }) => commands)
      .filter(({ isShown }) => !isShown || isShown(may))
      .map(({ label, icon, to, search }) => ({ label, icon, onSelect: () => void navigate({ to, search }) })),
    ...settingsGroups()
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
    ...themes.map(({ value, label, icon }) => ({
      label: t('Theme: {theme}', { theme: inSentence(label) }),
      icon,
      onSelect: () => setTheme(value),
    })),
    { label: t('Sign out'), icon: LogOut, onSelect: () => void attempt(signOut) },
  ];
}
