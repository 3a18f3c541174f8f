import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../platform/page/FormShell.tsx';
import { api } from '../../platform/query/api.ts';
import { differ } from '../../platform/record/field.ts';
import { useLeaving } from '../../platform/record/useLeaving.tsx';
import { Loaded } from '../../platform/settings/Loaded.tsx';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { PasswordInput } from '../../ui/PasswordInput.tsx';
import { Select } from '../../ui/Select.tsx';
import { toast } from '../../ui/toast.ts';
import { ConnectButton } from './google/ConnectButton.tsx';
import { GoogleState } from './google/GoogleState.tsx';
import { goToGoogle } from './google/google.ts';
import { WaySegments } from './google/WaySegments.tsx';
import { type Connection, type Mailbox, refreshMail, useConnection, useFolders } from './mail.ts';
import { guess, type Server } from './providers.ts';

interface ConnectDialogProps {
  /** Without one a new mailbox is made. */
  mailbox?: Mailbox | undefined;
  onClose: () => void;
  /** With the mailbox whose mail is imported now. */
  onConnected?: (mailbox: string) => void;
}

/** Connects a mailbox by IMAP and SMTP, whose servers are signed in to before anything is stored, or by Google. */
export function ConnectDialog({ mailbox, ...rest }: ConnectDialogProps) {
  return mailbox ? <KnownMailbox mailbox={mailbox} onClose={rest.onClose} /> : <ConnectForm {...rest} />;
}

type Way = Connection['provider'];

function KnownMailbox({ mailbox, onClose }: ConnectDialogProps & { mailbox: Mailbox }) {
  const folders = useFolders(mailbox.id);
  const connection = useConnection(mailbox.id, folders.data?.is_connected === true);
  if (folders.data?.is_connected === false) return <ConnectForm mailbox={mailbox} onClose={onClose} />;
  // What is there is shown before it is changed.
  if (connection.data === undefined)
    return (
      <Dialog open title={t('Connect {name}', { name: mailbox.name })} onClose={onClose}>
        <Loaded query={folders.data ? connection : folders}>{() => null}</Loaded>
      </Dialog>
    );
  return <ConnectForm mailbox={mailbox} known={connection.data} onClose={onClose} />;
}

const noServer: Server = { host: '', port: 993, security: 'tls' };

interface ConnectFormProps extends ConnectDialogProps {
  known?: Connection | null;
}

function ConnectForm({ mailbox, known = null, onClose, onConnected }: ConnectFormProps) {
  const form = useId();
  const found = mailbox ? guess(mailbox.address) : null;
  const [begun] = useState({
    address: mailbox?.address ?? '',
    name: mailbox?.name ?? '',
    username: known?.username ?? mailbox?.address ?? '',
    password: '',
    imap: known?.imap ?? found?.imap ?? noServer,
    smtp: known?.smtp ?? found?.smtp ?? { ...noServer, port: 465 },
  });
  const [values, setValues] = useState(begun);
  const set = (some: Partial<typeof values>) => setValues((before) => ({ ...before, ...some }));
  /** A mailbox whose servers refused is there already when one tries again. */
  const [made, setMade] = useState(mailbox?.id);
  const [way, setWay] = useState<Way>(known?.provider ?? 'imap');
  const { address, name, username, password, imap, smtp } = values;
  const steps = guess(address)?.steps ?? [];
  const connect = useMutation({
    mutationFn: async () => {
      const id = made ?? (await api.post<{ id: string }>('/mailboxes', { address, name: name || address })).id;
      setMade(id);
      if (way === 'google') return goToGoogle(`/mailboxes/${id}/google-consents`);
      await api.put(`/mailboxes/${id}/connection`, { imap, smtp, username, ...(password && { password }) });
      return id;
    },
    onSuccess: (id) => {
      // Google's page comes next.
      if (!id) return;
      toast(t('Connected. The newest mail comes first.'));
      onClose();
      onConnected?.(id);
    },
    onSettled: () => void refreshMail(),
  });
  const { leave, question } = useLeaving(differ({ ...values }, { ...begun }), onClose);

  /** The rest follows from the address, as long as nobody has written it. */
  function follow(typed: string) {
    const next = guess(typed);
    const isUntouched = imap.host === '' || imap.host === guess(address)?.imap.host;
    set({
      address: typed,
      ...(username === address && { username: typed }),
      ...(next && isUntouched && { imap: next.imap, smtp: next.smtp }),
    });
  }

  return (
    <Dialog
      open
      size="medium"
      title={mailbox ? t('Connect {name}', { name: mailbox.name }) : t('Connect a mailbox')}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <ConnectButton form={form} isGoogle={way === 'google'} busy={connect.isPending} />
        </>
      }
    >
      <FormShell
        id={form}
        error={connect.error}
        fields={['address', 'name', 'username', 'password', 'imap', 'smtp']}
        className="flex flex-col gap-4 pt-1"
        onSubmit={() => connect.mutate()}
      >
        {!known && <WaySegments other={{ value: 'imap', label: t('IMAP and SMTP') }} way={way} onChange={setWay} />}
        {!mailbox && (
          <>
            <Field name="address" label={t('Address')} required>
              <Input
                type="email"
                value={address}
                onValueChange={follow}
                // Of a mailbox that was made the address stays.
                disabled={made !== undefined}
                placeholder="name@example.com"
                required
              />
            </Field>
            <Field name="name" label={t('Name')} help={t('Leave it empty to use the address.')}>
              <Input value={name} onValueChange={(typed) => set({ name: typed })} disabled={made !== undefined} />
            </Field>
          </>
        )}
        {way === 'google' ? (
          <GoogleState
            about={t(
              'You sign in at Google and agree there; no password is stored here. Google tells of changes only when asked, so new mail shows within a minute.',
            )}
          />
        ) : (
          <>
            {steps.length === 1 && <Banner meaning="info">{steps[0]}</Banner>}
            {steps.length > 1 && (
              <Banner meaning="info">
                <ol className="list-decimal ps-4">
                  {steps.map((step) => (
                    <li key={step}>{step}</li>
                  ))}
                </ol>
              </Banner>
            )}
            <Field name="username" label={t('User name')} required>
              <Input value={username} autoComplete="off" onValueChange={(typed) => set({ username: typed })} required />
            </Field>
            <Field
              name="password"
              label={t('Password')}
              required={!known}
              help={known ? t('Leave it empty to keep the current one.') : undefined}
            >
              <PasswordInput
                value={password}
                autoComplete="new-password"
                onChange={(typed) => set({ password: typed })}
              />
            </Field>
            <ServerField
              name="imap"
              label={t('Server for incoming mail (IMAP)')}
              value={imap}
              onChange={(next) => set({ imap: next })}
            />
            <ServerField
              name="smtp"
              label={t('Server for outgoing mail (SMTP)')}
              value={smtp}
              onChange={(next) => set({ smtp: next })}
            />
          </>
        )}
      </FormShell>
      {question}
    </Dialog>
  );
}

const securities = [
  { value: 'tls', label: 'TLS' },
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'none', label: t('None (this machine only)') },
];

interface ServerFieldProps {
  name: string;
  label: string;
  value: Server;
  onChange: (value: Server) => void;
}

function ServerField({ name, label, value, onChange }: ServerFieldProps) {
  return (
    <Field name={name} label={label} required several>
      <div className="flex flex-wrap gap-2">
        <Input
          aria-label={t('Server name')}
          className="min-w-48 flex-1"
          value={value.host}
          onValueChange={(host) => onChange({ ...value, host })}
          required
        />
        <Input
          aria-label={t('Port')}
          className="w-20!"
          inputMode="numeric"
          value={String(value.port)}
          onValueChange={(port) => onChange({ ...value, port: Number(port.replace(/\D/g, '')) })}
          required
        />
        <Select
          label={t('Encryption')}
          className="min-w-40 max-sm:flex-1 sm:w-40!"
          options={securities}
          value={value.security}
          onChange={(security) => onChange({ ...value, security: security as Server['security'] })}
        />
      </div>
    </Field>
  );
}
