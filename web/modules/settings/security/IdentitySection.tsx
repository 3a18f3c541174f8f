import { useQuery } from '@tanstack/react-query';
import { LogIn } from 'lucide-react';
import type { z } from 'zod';
import type { identityList } from '../../../../src/kernel/identity/provider/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { confirmed } from '../../../platform/session/confirm.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { toast } from '../../../ui/toast.ts';

type Identity = z.output<typeof identityList>['data'][number];

const key = ['identities'];

/** One's accounts at the providers of the workspace. Where there are no providers, nothing is shown. */
export function IdentitySection() {
  const identities = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<{ data: Identity[] }>('/identities', {}, signal),
  });
  const connect = ({ provider_id }: Identity) =>
    confirmed(async () => {
      const { url } = await api.post<{ url: string }>('/identities', { provider_id, next: '/settings/security' });
      window.location.assign(url);
    });
  const disconnect = ({ provider_id, name }: Identity) =>
    confirmed(async () => {
      await api.delete(`/identities/${provider_id}`);
      toast(t('{name} no longer signs you in', { name }));
      void queryClient.invalidateQueries({ queryKey: key });
    });
  const rows = identities.data?.data ?? [];
  if (rows.length === 0) return null;
  return (
    <SettingsSection
      title={t('Sign-in providers')}
      description={t('Connect your account there, and it signs you in here.')}
    >
      <Panel label={t('Sign-in providers')}>
        {rows.map((row) => (
          <PanelRow
            key={row.provider_id}
            icon={<LogIn size={16} />}
            title={
              <>
                <bdi>{row.name}</bdi>
                {row.connected && <Badge meaning="good">{t('Connected')}</Badge>}
              </>
            }
            end={
              <Button size="small" onClick={() => void (row.connected ? disconnect(row) : connect(row))}>
                {row.connected ? t('Disconnect') : t('Connect')}
              </Button>
            }
          />
        ))}
      </Panel>
    </SettingsSection>
  );
}
