import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { readTheme, setTheme, type Theme, themes } from '../../../app/theme.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import { localeOptions, zoneOptions } from '../locales.ts';

interface Profile {
  name: string;
  locale: string;
  time_zone: string;
}

export default function ProfilePage() {
  const { user } = useSession();
  const may = useMay();
  // Only what was typed: what an administrator changes meanwhile shows in all other fields, and stays.
  const [typed, setTyped] = useState<Partial<Profile>>({});
  const change = (next: Partial<Profile>) => setTyped((kept) => ({ ...kept, ...next }));
  const name = typed.name ?? user.name;
  const locale = typed.locale ?? user.locale ?? 'en';
  const zone = typed.time_zone ?? user.time_zone ?? 'UTC';
  const [theme, choose] = useState<Theme>(readTheme);
  const save = useMutation({
    mutationFn: (profile: Partial<Profile>) => api.patch('/profile', profile),
    onSuccess: async (_, sent) => {
      await queryClient.invalidateQueries();
      // What was typed while it was being saved stays.
      setTyped((kept) =>
        Object.fromEntries(Object.entries(kept).filter(([field, value]) => value !== sent[field as keyof Profile])),
      );
      toast(t('Profile saved'));
    },
  });
  return (
    <>
      <SettingsSection
        title={t('Profile')}
        description={t('How others see you, and the language, numbers, dates and times you see.')}
      >
        <FormShell
          error={save.error}
          fields={['name', 'locale', 'time_zone']}
          onSubmit={() => save.mutate(typed)}
          className="flex max-w-sm flex-col gap-4"
        >
          <Field name="name" label={t('Name')} required>
            <Input autoComplete="name" value={name} onValueChange={(next) => change({ name: next })} />
          </Field>
          <Field
            name="email"
            label={t('E-mail')}
            help={may('user', 'update') ? t('Change it under Members') : t('An administrator can change it')}
          >
            <Input value={user.email ?? ''} autoComplete="email" disabled />
          </Field>
          <Field name="locale" label={t('Language')}>
            <Select
              label={t('Language')}
              options={localeOptions(locale)}
              value={locale}
              onChange={(next) => change({ locale: next })}
            />
          </Field>
          <Field name="time_zone" label={t('Time zone')}>
            <Select
              label={t('Time zone')}
              options={zoneOptions(zone)}
              value={zone}
              onChange={(next) => change({ time_zone: next })}
            />
          </Field>
          <div>
            <Button type="submit" emphasis="primary" busy={save.isPending}>
              {t('Save profile')}
            </Button>
          </div>
        </FormShell>
      </SettingsSection>
      <SettingsSection title={t('Appearance')} description={t('In this browser.')}>
        <div className="max-w-sm">
          <Select
            label={t('Theme')}
            options={themes}
            value={theme}
            onChange={(next) => {
              choose(next as Theme);
              setTheme(next as Theme);
            }}
          />
        </div>
      </SettingsSection>
    </>
  );
}
