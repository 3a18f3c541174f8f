import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { apiKey } from '../../../../src/kernel/identity/api-key/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { useIsOff, useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { useRoleName } from '../members/member.ts';
import { NewApiKeyDialog } from './NewApiKeyDialog.tsx';

type ApiKey = RowOf<typeof apiKey>;

const linkTo = (address: string) => (words: ReactNode) => (
  <a href={address} className="text-accent-ink underline underline-offset-2">
    {words}
  </a>
);

const dated = (time: string) => () => <DateText value={time} />;

export default function ApiKeyPage() {
  const may = useMay();
  const roleName = useRoleName();
  const isOff = useIsOff('api_keys');
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const keys = useRecords<ApiKey>('api_key', { sort: '-created_at', limit: 100 });

  async function revoke(key: ApiKey) {
    await attempt(async () => {
      await api.delete(`/api-keys/${key.id}`);
      toast(t('“{name}” is revoked', { name: key.name }));
    });
    setRevoking(null);
    await queryClient.invalidateQueries({ queryKey: ['api_key'] });
  }

  return (
    <SettingsSection
      title={t('API keys')}
      description={
        <T
          text="With a key a program can do what its role allows. The API is described <page>on this page</page>, and <file>in a file for programs, with the fields of this workspace</file>."
          values={{ page: linkTo('/api/docs'), file: linkTo('/api/v1/openapi.json') }}
        />
      }
      action={
        may('api_key', 'create') &&
        !isOff && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setCreating(true)}>
            {t('New key')}
          </Button>
        )
      }
    >
      {isOff && (
        <div className="mb-4">
          <Banner meaning="info">
            {t('New keys are switched off in this workspace. Those made before stay, and can be revoked.')}
          </Banner>
        </div>
      )}
      <Loaded query={{ ...keys, data: keys.data && keys.rows }}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<KeyRound size={18} />} title={t('No keys yet')}>
              {t('Programs need a key to work with your data.')}
            </EmptyState>
          ) : (
            <Panel label={t('API keys')}>
              {rows.map((key) => (
                <PanelRow
                  key={key.id}
                  icon={<KeyRound size={16} />}
                  title={
                    <>
                      <bdi>{key.name}</bdi>
                      {key.role && <Badge>{roleName(key.role)}</Badge>}
                    </>
                  }
                  detail={
                    <>
                      <span className="font-mono">{`hf_${key.prefix}…`}</span>
                      {key.user && <> · {key.user.name}</>}
                      {key.last_used_at ? (
                        <T text=" · used <time></time>" values={{ time: dated(key.last_used_at) }} />
                      ) : (
                        t(' · never used')
                      )}
                      {key.expires_at && <T text=" · expires <time></time>" values={{ time: dated(key.expires_at) }} />}
                    </>
                  }
                  end={
                    may('api_key', 'delete') && (
                      <IconButton label={t('Revoke {name}', { name: key.name })} onClick={() => setRevoking(key)}>
                        <Trash2 size={14} />
                      </IconButton>
                    )
                  }
                />
              ))}
            </Panel>
          )
        }
      </Loaded>
      {keys.hasNextPage && (
        <Button className="mt-3" busy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
      {creating && <NewApiKeyDialog onClose={() => setCreating(false)} />}
      {revoking && (
        <ConfirmDialog
          open
          danger
          title={t('Revoke “{name}”?', { name: revoking.name })}
          description={t('Programs that use it stop working at once. This cannot be undone.')}
          action={t('Revoke key')}
          onClose={() => setRevoking(null)}
          onConfirm={() => void revoke(revoking)}
        />
      )}
    </SettingsSection>
  );
}
