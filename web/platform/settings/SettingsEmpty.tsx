import { type ReactNode, useContext } from 'react';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { SectionIcon } from './sectionContext.ts';

/** That a section of the settings has nothing yet, with its icon. */
export function SettingsEmpty({ title, children }: { title: string; children?: ReactNode }) {
  const Icon = useContext(SectionIcon);
  return (
    <EmptyState icon={Icon && <Icon size={18} />} title={title}>
      {children}
    </EmptyState>
  );
}
