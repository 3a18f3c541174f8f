import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../app/api.ts';
import { FormShell } from '../../../app/FormShell.tsx';
import { queryClient } from '../../../app/queryClient.ts';
import { useSession } from '../../../app/session.tsx';
import { readTheme, setTheme, type Theme } from '../../../app/theme.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import { localeOptions, zoneOptions } from '../locales.ts';
import { SettingsSection } from '../SettingsSection.tsx';

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export default function ProfilePage() {
  const { user } = useSession();
  const [name, setName] = useState(user.name);
  const [locale, setLocale] = useState(user.locale ?? 'en');
  const [zone, setZone] = useState(user.time_zone ?? 'UTC');
  const [theme, choose] = useState<Theme>(readTheme);
  const save = useMutation({
    mutationFn: () => api.patch('/profile', { name, locale, time_zone: zone }),
    onSuccess: async () => {
      await queryClient.invalidateQueries();
      toast('Profile saved');
    },
  });
  return (
    <>
      <SettingsSection title="Profile" description="How others see you, and how you see numbers, dates and times.">
        <FormShell
          error={save.error}
          fields={['name', 'locale', 'time_zone']}
          onSubmit={() => save.mutate()}
          className="flex max-w-sm flex-col gap-4"
        >
          <Field name="name" label="Name">
            <Input required autoComplete="name" value={name} onValueChange={setName} />
          </Field>
          <Field name="email" label="E-mail" help="An administrator can change it">
            <Input value={user.email} disabled />
          </Field>
          <Field name="locale" label="Numbers and dates">
            <Select label="Numbers and dates" options={localeOptions(locale)} value={locale} onChange={setLocale} />
          </Field>
          <Field name="time_zone" label="Time zone">
            <Select label="Time zone" options={zoneOptions(zone)} value={zone} onChange={setZone} />
          </Field>
          <div>
            <Button type="submit" emphasis="primary" busy={save.isPending}>
              Save profile
            </Button>
          </div>
        </FormShell>
      </SettingsSection>
      <SettingsSection title="Appearance" description="In this browser.">
        <div className="max-w-sm">
          <Select
            label="Theme"
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
