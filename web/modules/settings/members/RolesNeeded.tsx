import type { ReactNode } from 'react';
import { messageOf, requestIdOf } from '../../../platform/query/problem.ts';
import { t } from '../../../text/text.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { type RoleChoice, useRoles } from './member.ts';

interface RolesNeededProps {
  title: string;
  onClose: () => void;
  children: (roles: readonly RoleChoice[]) => ReactNode;
}

/** What needs the roles of the workspace, once they are there; says so when they cannot be read. */
export function RolesNeeded({ title, onClose, children }: RolesNeededProps) {
  const { data, error, refetch } = useRoles();
  if (data) return children(data);
  if (!error) return null;
  return (
    <Dialog open title={title} onClose={onClose}>
      <ErrorState
        title={t('The roles could not be read')}
        detail={messageOf(error)}
        reference={requestIdOf(error)}
        onRetry={() => void refetch()}
      />
    </Dialog>
  );
}
