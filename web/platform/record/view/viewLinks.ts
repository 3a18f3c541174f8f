import type { LucideIcon } from 'lucide-react';
import { useMay, useSession } from '../../session/session.tsx';
import { findType } from '../recordTypes.ts';
import { useAllSavedViews } from './savedViews.ts';

export interface ViewLink {
  id: string;
  /** The list that it shows. */
  to: string;
  label: string;
  icon: LucideIcon;
}

/** The ways to saved views of any record type: first one's own, then those others have shared. */
export function useViewLinks(): ViewLink[] {
  const { user } = useSession();
  const may = useMay();
  const { data } = useAllSavedViews();
  const views = data?.data ?? [];
  const own = views.filter(({ owner_id }) => owner_id === user.id);
  const shared = views.filter(({ owner_id }) => owner_id !== user.id);
  return [...own, ...shared].flatMap(({ id, name, resource }) => {
    const definition = findType(resource);
    return definition && may(resource, 'read') ? [{ id, to: definition.path, label: name, icon: definition.icon }] : [];
  });
}
