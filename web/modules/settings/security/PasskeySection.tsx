import { useQuery } from '@tanstack/react-query';
import { KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { confirmed } from '../../../platform/session/confirm.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { addPasskey, type Passkey } from './passkeys.ts';

const key = ['passkeys'];

export function PasskeySection() {
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const passkeys = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<{ data: Passkey[] }>('/passkeys', {}, signal),
  });
  const refresh = () => void queryClient.invalidateQueries({ queryKey: key });
  const add = () =>
    confirmed(async () => {
      if (await addPasskey()) {
        toast(t('Passkey added'));
        refresh();
      }
    });
  const remove = (passkey: Passkey) => {
    setRemoving(null);
    return confirmed(async () => {
      await api.post(`/passkeys/${passkey.id}/removal`, {});
      toast(t('Passkey removed'));
      refresh();
    });
  };
  return (
    <SettingsSection
      title={t('Passkeys')}
      description={t('Sign in with your fingerprint, face or a security key. Nothing to remember, nothing to steal.')}
      action={'PublicKeyCredential' in window && <Button onClick={() => void add()}>{t('Add a passkey')}</Button>}
    >
      <Loaded query={passkeys}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="text-13 text-muted">{t('You have none yet.')}</p>
          ) : (
            <Panel label={t('Passkeys')}>
              {data.map((passkey) => (
                <PanelRow
                  key={passkey.id}
                  icon={<KeyRound size={16} />}
                  title={<bdi>{passkey.name}</bdi>}
                  detail={
                    <T
                      text={
                        passkey.last_used_at
                          ? 'Added <added></added>, last used <used></used>'
                          : 'Added <added></added>'
                      }
                      values={{
                        added: () => <DateText value={passkey.created_at} />,
                        ...(passkey.last_used_at && {
                          used: () => <DateText value={passkey.last_used_at as string} />,
                        }),
                      }}
                    />
                  }
                  end={
                    <IconButton label={t('Remove {name}', { name: passkey.name })} onClick={() => setRemoving(passkey)}>
                      <Trash2 size={14} />
                    </IconButton>
                  }
                />
              ))}
            </Panel>
          )
        }
      </Loaded>
      {removing && (
        <ConfirmDialog
          open
          danger
          title={t('Remove the passkey “{name}”?', { name: removing.name })}
          description={t(
            'It no longer signs you in here. Your device may go on offering it until you delete it there.',
          )}
          action={t('Remove passkey')}
          onClose={() => setRemoving(null)}
          onConfirm={() => void remove(removing)}
        />
      )}
    </SettingsSection>
  );
}
