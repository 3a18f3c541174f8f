import { useMutation } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Input } from '../../../ui/Input.tsx';
import { PasswordInput } from '../../../ui/PasswordInput.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { toast } from '../../../ui/toast.ts';
import { type GoogleClient, refreshGoogleClient, useGoogleClient } from './google.ts';

/** The client with which the people of the workspace connect their mailboxes of Google, and what to set up for it. */
export default function GoogleClientPage() {
  const client = useGoogleClient();
  return (
    <SettingsSection
      title="Google"
      description={t(
        'People connect their Gmail and their calendars with a client that you set up at Google. It is yours: nobody between you and Google sees a mail or a meeting.',
      )}
    >
      <Loaded query={client}>{(shown) => <Client key={shown.client_id} client={shown} />}</Loaded>
    </SettingsSection>
  );
}

function Client({ client }: { client: GoogleClient }) {
  const may = useMay();
  return (
    <div className="flex max-w-prose flex-col gap-6">
      <Steps client={client} />
      {may('tenant', 'update') ? (
        <ClientForm client={client} />
      ) : (
        <Badge meaning={client.is_set ? 'good' : 'neutral'}>
          {client.is_set ? t('The client is set up') : t('Not set up yet')}
        </Badge>
      )}
    </div>
  );
}

function Steps({ client: { redirect_uri, scopes } }: { client: GoogleClient }) {
  return (
    <div className="flex flex-col gap-3 text-13">
      <ol className="flex list-decimal flex-col gap-2 ps-5">
        <li>
          {t('In Google Cloud console, make a project, and switch on the Gmail API and the Google Calendar API.')}
        </li>
        <li>
          {t(
            'Under Google Auth Platform, name the app and choose who uses it: “Internal” for the people of your own Google Workspace, else “External”.',
          )}
        </li>
        <li>
          {t('Under Data access, add these scopes:')}
          <ul className="mt-1 flex flex-col gap-1">
            {scopes.map((scope) => (
              <li key={scope}>
                <Copied text={scope} />
              </li>
            ))}
          </ul>
        </li>
        <li>
          {t('Under Clients, create a client of the type “Web application” with this authorised redirect URI:')}
          <div className="mt-1">
            <Copied text={redirect_uri} />
          </div>
        </li>
        <li>{t('Copy its client ID and client secret to here.')}</li>
      </ol>
      <Banner meaning="attention">
        {t(
          'While an “External” app has the publishing status “Testing”, each connection ends after seven days and has to be made again. “Internal” apps, and those that are published, have no such end; Google wants to verify a published app with these scopes first.',
        )}
      </Banner>
    </div>
  );
}

function Copied({ text }: { text: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 rounded-md bg-sunken px-2 py-1 font-mono text-12 wrap-anywhere select-all">{text}</code>
      <IconButton
        label={t('Copy')}
        size="small"
        onClick={() =>
          void attempt(async () => {
            await navigator.clipboard.writeText(text);
            toast(t('Copied'));
          })
        }
      >
        <Copy size={14} />
      </IconButton>
    </span>
  );
}

function ClientForm({ client }: { client: GoogleClient }) {
  const form = useId();
  const [values, setValues] = useState({
    client_id: client.client_id ?? '',
    client_secret: '',
    is_testing: client.is_testing,
  });
  const [asking, setAsking] = useState(false);
  const set = (some: Partial<typeof values>) => setValues((before) => ({ ...before, ...some }));
  const save = useMutation({
    mutationFn: () => {
      const { client_secret, ...rest } = values;
      return api.put('/google-client', { ...rest, ...(client_secret && { client_secret }) });
    },
    onSuccess: () => {
      toast(t('The client is saved. Everybody can connect Gmail and calendars now.'));
      set({ client_secret: '' });
    },
    onSettled: () => void refreshGoogleClient(),
  });
  const remove = () =>
    attempt(async () => {
      setAsking(false);
      await api.delete('/google-client');
      await refreshGoogleClient();
    });
  return (
    <>
      <FormShell
        id={form}
        error={save.error}
        fields={['client_id', 'client_secret', 'is_testing']}
        className="flex flex-col gap-4"
        onSubmit={() => save.mutate()}
      >
        <Field name="client_id" label={t('Client ID')} required>
          <Input
            value={values.client_id}
            onValueChange={(client_id) => set({ client_id })}
            autoComplete="off"
            placeholder="1234-abc.apps.googleusercontent.com"
            required
          />
        </Field>
        <Field
          name="client_secret"
          label={t('Client secret')}
          required={!client.is_set}
          help={
            client.is_set ? t('Leave it empty to keep the current one.') : t('Stored encrypted and never shown again')
          }
        >
          <PasswordInput
            value={values.client_secret}
            autoComplete="new-password"
            onChange={(client_secret) => set({ client_secret })}
          />
        </Field>
        <div className="flex items-center gap-3 text-13">
          <Switch
            label={t('The app is in testing at Google')}
            checked={values.is_testing}
            onChange={(is_testing) => set({ is_testing })}
          />
          <span aria-hidden="true">{t('The app is in testing at Google')}</span>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" emphasis="primary" busy={save.isPending}>
            {t('Save')}
          </Button>
          {client.is_set && <Button onClick={() => setAsking(true)}>{t('Remove the client')}</Button>}
        </div>
      </FormShell>
      <ConfirmDialog
        open={asking}
        title={t('Remove the client?')}
        description={t(
          'Mailboxes and calendars of Google stop being compared, and mailboxes send no mail, until there is a client again. What was imported stays.',
        )}
        action={t('Remove the client')}
        danger
        onConfirm={() => void remove()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
