import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Building2, ChevronsUpDown, Settings } from 'lucide-react';
import { useState } from 'react';
import type { AccountLink } from '../../src/kernel/identity/account-link/contract.ts';
import { api } from '../platform/query/api.ts';
import { attempt } from '../platform/query/attempt.ts';
import { changeWorkspace, useSession } from '../platform/session/session.tsx';
import { t } from '../text/text.ts';
import { Menu } from '../ui/Menu.tsx';

/** The other workspaces in which one has an account, once somebody looks. */
export function useWorkspaces(enabled: boolean): AccountLink[] {
  const links = useQuery({
    queryKey: ['session', 'links'],
    enabled,
    queryFn: ({ signal }) => api.get<{ data: AccountLink[] }>('/account-links', {}, signal),
  });
  return links.data?.data ?? [];
}

/** The workspace, and the others of the same person to change to. */
export function WorkspaceMenu() {
  const { tenant } = useSession();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const workspaces = useWorkspaces(asked);
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t('Workspace {title}', { title: tenant.title })}
          onFocus={() => setAsked(true)}
          onPointerDown={() => setAsked(true)}
          className="flex h-8 min-w-0 flex-1 items-center gap-1 rounded-md px-1.5 hover:bg-hover data-popup-open:bg-hover"
        >
          <bdi className="min-w-0 truncate text-13 font-semibold">{tenant.title}</bdi>
          <ChevronsUpDown size={12} aria-hidden="true" className="shrink-0 text-faint" />
        </button>
      }
      actions={[
        ...workspaces.map(({ tenant_id, title }, index) => ({
          label: title,
          icon: <Building2 size={14} />,
          group: index === 0 ? t('Switch to') : undefined,
          onSelect: () => void attempt(() => changeWorkspace(tenant_id)),
        })),
        {
          label: t('Settings'),
          icon: <Settings size={14} />,
          group: true,
          onSelect: () => void navigate({ to: '/settings/$section', params: { section: 'workspace' } }),
        },
      ]}
    />
  );
}
