import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { settingsGroups } from '../../app/settings/sections.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';

const sections = settingsGroups.flatMap((group) => group.sections);

/** That a section of the settings has nothing yet, with its icon. */
export function SettingsEmpty({ title, children }: { title: string; children?: ReactNode }) {
  const { section: id } = useParams({ strict: false }) as { section?: string };
  const Icon = sections.find((section) => section.id === id)?.icon;
  return (
    <EmptyState icon={Icon && <Icon size={18} />} title={title}>
      {children}
    </EmptyState>
  );
}
