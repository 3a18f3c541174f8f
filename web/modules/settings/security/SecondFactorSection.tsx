import { useQuery } from '@tanstack/react-query';
import { Smartphone } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { confirmed } from '../../../platform/session/confirm.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { toast } from '../../../ui/toast.ts';
import { RecoveryCodesDialog } from './RecoveryCodesDialog.tsx';
import { type TotpSetup, TotpSetupDialog } from './TotpSetupDialog.tsx';

interface SecondFactor {
  totp: boolean;
  recovery_codes_left: number;
}

const key = ['second-factor'];

export function SecondFactorSection() {
  const [setup, setSetup] = useState<TotpSetup | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [asking, setAsking] = useState<'removal' | 'renewal' | null>(null);
  const state = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<SecondFactor>('/second-factor', {}, signal),
  });
  const refresh = () => void queryClient.invalidateQueries({ queryKey: key });

  const begin = () => confirmed(async () => setSetup(await api.post<TotpSetup>('/second-factor/setup', {})));
  const renew = () =>
    confirmed(async () => {
      setCodes((await api.post<{ recovery_codes: string[] }>('/second-factor/recovery-codes', {})).recovery_codes);
      refresh();
    });
  const remove = () =>
    confirmed(async () => {
      await api.post('/second-factor/removal', {});
      toast(t('Signing in no longer asks for a code'));
      refresh();
    });

  return (
    <SettingsSection
      title={t('Second factor')}
      description={t('After your password, signing in asks for a code from an app on your phone.')}
    >
      <Loaded query={state}>
        {({ totp, recovery_codes_left }) => (
          <Panel label={t('Second factor')}>
            <PanelRow
              icon={<Smartphone size={16} />}
              title={
                <>
                  {t('Authenticator app')}
                  <Badge meaning={totp ? 'good' : 'neutral'}>{totp ? t('On') : t('Off')}</Badge>
                </>
              }
              detail={
                totp &&
                t('{count, plural, one {# recovery code left} other {# recovery codes left}}', {
                  count: recovery_codes_left,
                })
              }
              end={
                totp ? (
                  <>
                    <Button size="small" onClick={() => setAsking('renewal')}>
                      {t('New recovery codes')}
                    </Button>
                    <Button size="small" onClick={() => setAsking('removal')}>
                      {t('Turn off')}
                    </Button>
                  </>
                ) : (
                  <Button size="small" onClick={() => void begin()}>
                    {t('Turn on')}
                  </Button>
                )
              }
            />
          </Panel>
        )}
      </Loaded>
      <ConfirmDialog
        open={asking === 'removal'}
        danger
        title={t('Turn off the second factor?')}
        description={t(
          'Your password alone then signs you in. To turn it on again, you set up the app anew and get new recovery codes.',
        )}
        action={t('Turn off')}
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          void remove();
        }}
      />
      <ConfirmDialog
        open={asking === 'renewal'}
        title={t('Create new recovery codes?')}
        description={t('The codes you have saved stop working at once.')}
        action={t('Create new codes')}
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          void renew();
        }}
      />
      {setup && (
        <TotpSetupDialog
          setup={setup}
          onClose={() => setSetup(null)}
          onDone={(fresh) => {
            setSetup(null);
            setCodes(fresh);
            refresh();
          }}
        />
      )}
      {codes && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />}
    </SettingsSection>
  );
}
