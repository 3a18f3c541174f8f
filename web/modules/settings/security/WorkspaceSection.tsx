import { useMutation, useQuery } from '@tanstack/react-query';
import { Building2 } from 'lucide-react';
import { useState } from 'react';
import type { AccountLink } from '../../../../src/kernel/identity/account-link/contract.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { PasswordInput } from '../../../ui/PasswordInput.tsx';
import { toast } from '../../../ui/toast.ts';

const key = ['session', 'links'];
const refresh = () => queryClient.invalidateQueries({ queryKey: key });
const nothing = { workspace: '', email: '', password: '', code: '' };

/** One's accounts in other workspaces, which the menu at the top left changes to. */
export function WorkspaceSection() {
  const [typed, setTyped] = useState(nothing);
  const links = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<{ data: AccountLink[] }>('/account-links', {}, signal),
  });
  const link = useMutation({
    mutationFn: () => {
      const { code, ...proof } = typed;
      return api.post('/account-links', { ...proof, ...(code && { code }) });
    },
    onSuccess: () => {
      setTyped(nothing);
      toast(t('Your accounts are linked'));
      void refresh();
    },
  });
  const input = (name: keyof typeof nothing) => ({
    value: typed[name],
    onValueChange: (value: string) => setTyped((before) => ({ ...before, [name]: value })),
  });

  async function unlink({ tenant_id, title }: AccountLink) {
    const done = await attempt(() => api.delete(`/account-links/${tenant_id}`));
    if (done) toast(t('Your account in {title} is no longer linked', { title }));
    await refresh();
  }

  return (
    <SettingsSection
      title={t('Workspaces')}
      description={t('Your accounts in other workspaces: switch between them without signing in again.')}
    >
      <Loaded query={links}>
        {({ data }) =>
          data.length > 0 && (
            <Panel label={t('Workspaces')}>
              {data.map((account) => (
                <PanelRow
                  key={account.tenant_id}
                  icon={<Building2 size={16} />}
                  title={account.title}
                  detail={account.email ?? account.name}
                  end={<Button onClick={() => void unlink(account)}>{t('Unlink')}</Button>}
                />
              ))}
            </Panel>
          )
        }
      </Loaded>
      <FormShell
        error={link.error}
        fields={['workspace', 'email', 'password', 'code']}
        onSubmit={() => link.mutate()}
        className="flex max-w-sm flex-col gap-4"
      >
        <Field name="workspace" label={t('Workspace')} help={t('The name you enter to sign in there')}>
          <Input autoComplete="off" {...input('workspace')} />
        </Field>
        <Field name="email" label={t('Your e-mail address there')}>
          <Input autoComplete="off" inputMode="email" {...input('email')} />
        </Field>
        <Field name="password" label={t('Your password there')}>
          <PasswordInput
            autoComplete="current-password"
            value={typed.password}
            onChange={(password) => setTyped((before) => ({ ...before, password }))}
          />
        </Field>
        <Field name="code" label={t('Six-digit code')} help={t('If that account has a second factor')}>
          <Input autoComplete="one-time-code" inputMode="numeric" {...input('code')} />
        </Field>
        <div>
          <Button type="submit" busy={link.isPending}>
            {t('Link the account')}
          </Button>
        </div>
      </FormShell>
    </SettingsSection>
  );
}
