import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useSession } from '../../../platform/session/session.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { PasswordInput } from '../../../ui/PasswordInput.tsx';
import { toast } from '../../../ui/toast.ts';
import { RevokeCredentials } from '../../identity/RevokeCredentials.tsx';

export function PasswordSection() {
  const { user } = useSession();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [revoke, setRevoke] = useState(false);
  const change = useMutation({
    mutationFn: () =>
      api.put('/password', {
        password,
        revoke_credentials: revoke,
        ...(current && { current_password: current }),
      }),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      void queryClient.invalidateQueries({ queryKey: ['session', 'other'] });
      void queryClient.invalidateQueries({ queryKey: ['api_key'] });
      toast(t('Password changed. All other devices are signed out.'));
    },
  });
  return (
    <SettingsSection title={t('Password')} description={t('Changing it signs out all your other devices.')}>
      <FormShell
        error={change.error}
        fields={['current_password', 'password']}
        onSubmit={() => change.mutate()}
        className="flex max-w-sm flex-col gap-4"
      >
        {/* For password managers, which want to know whose password this is. */}
        <input type="text" autoComplete="username" value={user.email ?? ''} readOnly hidden />
        <Field name="current_password" label={t('Current password')} help={t('Leave it empty if you have none yet')}>
          <PasswordInput autoComplete="current-password" value={current} onChange={setCurrent} />
        </Field>
        <Field
          name="password"
          label={t('New password')}
          help={t('At least 12 characters. A few words in a row are good.')}
        >
          <PasswordInput autoComplete="new-password" value={password} onChange={setPassword} />
        </Field>
        <RevokeCredentials checked={revoke} onChange={setRevoke} />
        <div>
          <Button type="submit" busy={change.isPending}>
            {t('Change password')}
          </Button>
        </div>
      </FormShell>
    </SettingsSection>
  );
}
