import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { PasswordInput } from '../../../ui/PasswordInput.tsx';
import { toast } from '../../../ui/toast.ts';
import { ConnectButton } from '../google/ConnectButton.tsx';
import { GoogleState } from '../google/GoogleState.tsx';
import { goToGoogle } from '../google/google.ts';
import { WaySegments } from '../google/WaySegments.tsx';
import { type CalendarAccount, refreshCalendars } from './meetings.ts';

interface AccountFormProps {
  account?: CalendarAccount;
  onClose: () => void;
}

/** Connects an account by CalDAV, which is signed in to before anything is stored, or by Google. */
export function AccountForm({ account, onClose }: AccountFormProps) {
  const form = useId();
  const [values, setValues] = useState({ url: account?.url ?? '', username: account?.username ?? '', password: '' });
  const set = (name: keyof typeof values) => (value: string) => setValues((before) => ({ ...before, [name]: value }));
  const [way, setWay] = useState(account?.provider ?? 'caldav');
  const connect = useMutation({
    mutationFn: () => {
      if (way === 'google') return goToGoogle('/google-calendar-consents', account ? { account_id: account.id } : {});
      const { url, username, password } = values;
      const body = { url: /^https?:/i.test(url) ? url : `https://${url}`, username, ...(password && { password }) };
      return account ? api.put(`/calendar-accounts/${account.id}`, body) : api.post('/calendar-accounts', body);
    },
    onSuccess: () => {
      // Google's page comes next.
      if (way === 'google') return;
      toast(t('Connected. Its meetings are fetched now.'));
      onClose();
    },
    onSettled: () => void refreshCalendars(),
  });
  return (
    <Dialog
      open
      size="medium"
      title={t('Connect a calendar')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <ConnectButton form={form} isGoogle={way === 'google'} busy={connect.isPending} />
        </>
      }
    >
      <FormShell
        id={form}
        error={connect.error}
        fields={['url', 'username', 'password']}
        className="flex flex-col gap-4 pt-1"
        onSubmit={() => connect.mutate()}
      >
        {!account && <WaySegments other={{ value: 'caldav', label: t('CalDAV') }} way={way} onChange={setWay} />}
        {way === 'google' ? (
          <GoogleState
            about={t(
              'You sign in at Google and agree there; no password is stored here. Google tells of changes only when asked, so a new meeting shows within two minutes. People whom you invite here get their invitation from Google.',
            )}
          />
        ) : (
          <ServerFields values={values} isKnown={account !== undefined} set={set} />
        )}
      </FormShell>
    </Dialog>
  );
}

interface ServerFieldsProps {
  values: Record<'url' | 'username' | 'password', string>;
  isKnown: boolean;
  set: (name: 'url' | 'username' | 'password') => (value: string) => void;
}

function ServerFields({ values, isKnown, set }: ServerFieldsProps) {
  return (
    <>
      <Field
        name="url"
        label={t('Address of the server')}
        required
        help={t(
          'Your provider names it under CalDAV. At iCloud it is caldav.icloud.com, at Fastmail caldav.fastmail.com.',
        )}
      >
        <Input value={values.url} onValueChange={set('url')} placeholder="cloud.example.com" required />
      </Field>
      <Field name="username" label={t('User name')} required>
        <Input value={values.username} autoComplete="off" onValueChange={set('username')} required />
      </Field>
      <Field
        name="password"
        label={t('Password')}
        required={!isKnown}
        help={
          isKnown
            ? t('Leave it empty to keep the current one.')
            : t('Many providers want an app password, made in the security settings of the account.')
        }
      >
        <PasswordInput value={values.password} autoComplete="new-password" onChange={set('password')} />
      </Field>
    </>
  );
}
