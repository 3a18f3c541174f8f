import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { readAll } from '../../../app/api.ts';
import { useMay } from '../../../app/session.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Loaded } from '../Loaded.tsx';
import { Panel, PanelRow } from '../Panel.tsx';
import { SettingsSection } from '../SettingsSection.tsx';
import { RoleEditor } from './RoleEditor.tsx';
import { accountKinds, type Rights, type Role } from './rights.ts';
import { inNameOrder, roleName } from './roleName.ts';

export default function RolePage() {
  const may = useMay();
  const [open, setOpen] = useState<Role | 'new' | null>(null);
  const roles = useQuery({
    queryKey: ['role', 'other', 'all'],
    queryFn: ({ signal }) => readAll<Role>('/roles', { sort: 'name' }, signal),
  });
  if (open) return <RoleEditor role={open === 'new' ? null : open} onClose={() => setOpen(null)} />;
  return (
    <SettingsSection
      title={t('Roles')}
      description={t(
        'What people may do, and with whose records. Somebody with several roles may do what any of them allows.',
      )}
      action={
        may('role', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setOpen('new')}>
            {t('New role')}
          </Button>
        )
      }
    >
      <Loaded query={roles}>
        {({ data }) => (
          <Panel label={t('Roles')}>
            {inNameOrder(data).map((role) => (
              <PanelRow
                key={role.id}
                title={
                  <>
                    <bdi>{roleName(role)}</bdi>
                    {role.preset && <Badge>{t('Preset')}</Badge>}
                    {role.kind && role.kind !== 'member' && (
                      <Badge meaning="info">{accountKinds.find(({ value }) => value === role.kind)?.accounts}</Badge>
                    )}
                  </>
                }
                detail={summary(role.rights)}
                end={
                  <Button size="small" onClick={() => setOpen(role)}>
                    {may('role', 'update') ? t('Edit rights') : t('Show rights')}
                  </Button>
                }
              />
            ))}
          </Panel>
        )}
      </Loaded>
    </SettingsSection>
  );
}

function summary(rights: Rights): string {
  const readable = Object.values(rights).filter(({ read }) => read && read !== 'none').length;
  const writable = Object.values(rights).filter(({ update }) => update && update !== 'none').length;
  return readable > 0 && readable === writable
    ? t('Sees {readable, plural, one {# kind of things} other {# kinds of things}}, changes all of them', { readable })
    : t(
        'Sees {readable, plural, one {# kind of things} other {# kinds of things}}, changes {writable, plural, =0 {none} other {# of them}}',
        { readable, writable },
      );
}
