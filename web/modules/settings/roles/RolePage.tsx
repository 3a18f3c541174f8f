import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useRef } from 'react';
import { readAll } from '../../../platform/query/api.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { LongList } from '../../../platform/settings/LongList.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { RoleEditor } from './RoleEditor.tsx';
import { accountKinds, type Role } from './rights.ts';
import { inNameOrder, roleName } from './roleName.ts';
import { roleSummary } from './roleSummary.ts';

/** Stands in the address instead of the id of a role, for a new one. */
const new_role = 'new';

export default function RolePage() {
  const may = useMay();
  const navigate = useNavigate();
  const { role: open } = useSearch({ strict: false }) as { role?: string };
  /** The one that is open: it stays so when somebody deletes it meanwhile, until whoever changes it has gone on. */
  const opened = useRef<Role | undefined>(undefined);
  const setOpen = (role?: string) =>
    void navigate({ to: '/settings/$section', params: { section: 'roles' }, search: { role } as never });
  const roles = useQuery({
    queryKey: ['role', 'other', 'all'],
    queryFn: ({ signal }) => readAll<Role>('/roles', { sort: 'name' }, signal),
  });
  if (opened.current?.id !== open) opened.current = roles.data?.data.find(({ id }) => id === open);
  if (open === new_role || opened.current)
    return <RoleEditor key={open} role={opened.current ?? null} onClose={() => setOpen()} />;
  return (
    <SettingsSection
      title={t('Roles')}
      description={t(
        'What people may do, and with whose records. Somebody with several roles may do what any of them allows.',
      )}
      action={
        may('role', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setOpen(new_role)}>
            {t('New role')}
          </Button>
        )
      }
    >
      <Loaded query={roles}>
        {({ data }) => (
          <LongList rows={inNameOrder(data)} label={t('Search roles')} textOf={roleName}>
            {(shown) => (
              <Panel label={t('Roles')}>
                {shown.map((role) => (
                  <PanelRow
                    key={role.id}
                    title={
                      <>
                        <bdi>{roleName(role)}</bdi>
                        {role.preset && <Badge>{t('Preset')}</Badge>}
                        {role.kind && role.kind !== 'member' && (
                          <Badge meaning="info">
                            {accountKinds.find(({ value }) => value === role.kind)?.accounts}
                          </Badge>
                        )}
                      </>
                    }
                    detail={roleSummary(role.rights)}
                    end={
                      <Button size="small" onClick={() => setOpen(role.id)}>
                        {may('role', 'update') ? t('Edit rights') : t('Show rights')}
                      </Button>
                    }
                  />
                ))}
              </Panel>
            )}
          </LongList>
        )}
      </Loaded>
    </SettingsSection>
  );
}
