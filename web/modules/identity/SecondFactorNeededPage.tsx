import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../platform/query/api.ts';
import { messageOf } from '../../platform/query/problem.ts';
import { ConfirmationHost, withConfirmation } from '../../platform/session/confirm.tsx';
import { signOut } from '../../platform/session/session.tsx';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { RecoveryCodesDialog } from '../settings/security/RecoveryCodesDialog.tsx';
import { type TotpSetup, TotpSetupDialog } from '../settings/security/TotpSetupDialog.tsx';
import { AuthCard } from './AuthCard.tsx';
import { enter } from './identityApi.ts';

/** Where a workspace asks everybody for a second factor, whoever has none comes here before anything else. */
export default function SecondFactorNeededPage() {
  const [setup, setSetup] = useState<TotpSetup | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const begin = useMutation({
    mutationFn: () => withConfirmation(() => api.post<TotpSetup>('/second-factor/setup', {})),
    onSuccess: setSetup,
  });
  return (
    <AuthCard
      title={t('Set up a second factor')}
      description={t(
        'This workspace requires one from everybody: a code from an app on your phone, after the password.',
      )}
    >
      <ConfirmationHost />
      <div className="flex flex-col gap-2">
        {begin.error && <Banner meaning="bad">{messageOf(begin.error)}</Banner>}
        <Button emphasis="primary" autoFocus busy={begin.isPending} className="h-9" onClick={() => begin.mutate()}>
          {t('Set up')}
        </Button>
        <Button emphasis="quiet" onClick={() => void signOut()}>
          {t('Sign out')}
        </Button>
      </div>
      {setup && (
        <TotpSetupDialog
          setup={setup}
          onClose={() => setSetup(null)}
          onDone={(fresh) => {
            setSetup(null);
            setCodes(fresh);
          }}
        />
      )}
      {codes && <RecoveryCodesDialog codes={codes} onClose={() => enter(undefined)} />}
    </AuthCard>
  );
}
