import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { currentOf } from '../../../platform/record/saveField.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Field } from '../../../ui/Field.tsx';
import { currencyName } from '../../../ui/format.ts';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import { localeOptions, zoneOptions } from '../locales.ts';
import { FeatureSection } from './FeatureSection.tsx';

interface Settings {
  title: string;
  default_currency: string;
  time_zone: string;
  locale: string;
  second_factor_required: boolean;
}
type Workspace = Settings & { version: number };

const key = ['tenant'];

export default function WorkspacePage() {
  const workspace = useQuery({ queryKey: key, queryFn: ({ signal }) => api.get<Workspace>('/tenant', {}, signal) });
  return (
    <>
      <SettingsSection title={t('Workspace')} description={t('Defaults for everyone who has not chosen otherwise.')}>
        <Loaded query={workspace}>{(data) => <WorkspaceForm workspace={data} />}</Loaded>
      </SettingsSection>
      <FeatureSection />
    </>
  );
}

function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const may = useMay();
  // Only what was typed: what is read again meanwhile shows in all other fields.
  const [typed, setTyped] = useState<Partial<Settings>>({});
  /** The workspace as it was when somebody began to type. */
  const [opened, setOpened] = useState(workspace);
  const change = (next: Partial<Settings>) => {
    if (Object.keys(typed).length === 0) setOpened(workspace);
    setTyped((kept) => ({ ...kept, ...next }));
  };
  const isChanged = (name: string) => workspace[name as keyof Settings] !== opened[name as keyof Settings];
  // Of other fields it does not matter here what somebody made of them: they are sent as they stand now.
  const version = Object.keys(typed).some(isChanged) ? opened.version : workspace.version;
  const { title, default_currency, time_zone, locale, second_factor_required } = { ...workspace, ...typed };
  const save = useMutation({
    mutationFn: (settings: Settings) => api.patch<Workspace>('/tenant', settings, version),
    onSuccess: async (saved, sent) => {
      setOpened(saved);
      await queryClient.invalidateQueries();
      // What was typed while it was being saved stays.
      setTyped((kept) =>
        Object.fromEntries(Object.entries(kept).filter(([name, value]) => value !== sent[name as keyof Settings])),
      );
      toast(t('Workspace saved'));
    },
    onError: async (error) => {
      // Saving again replaces what somebody else has saved.
      const current = currentOf(error) as Workspace | null;
      if (current) setOpened(current);
      await queryClient.invalidateQueries({ queryKey: key });
    },
  });
  const disabled = !may('tenant', 'update');
  return (
    <FormShell
      error={save.error}
      fields={['title', 'default_currency', 'time_zone', 'locale']}
      onSubmit={() => save.mutate({ title, default_currency, time_zone, locale, second_factor_required })}
      className="flex max-w-sm flex-col gap-4"
    >
      <Field name="title" label={t('Name')} required>
        <Input disabled={disabled} value={title} onValueChange={(next) => change({ title: next })} />
      </Field>
      <Field name="default_currency" label={t('Currency')} help={t('Of new deals, companies and products')}>
        <Select
          label={t('Currency')}
          disabled={disabled}
          options={Intl.supportedValuesOf('currency').map((value) => ({
            value,
            label: [value, currencyName(value)].filter(Boolean).join(' · '),
          }))}
          value={default_currency}
          onChange={(next) => change({ default_currency: next })}
        />
      </Field>
      <Field name="locale" label={t('Language')}>
        <Select
          label={t('Language')}
          disabled={disabled}
          options={localeOptions(locale)}
          value={locale}
          onChange={(next) => change({ locale: next })}
        />
      </Field>
      <Field name="time_zone" label={t('Time zone')}>
        <Select
          label={t('Time zone')}
          disabled={disabled}
          options={zoneOptions(time_zone)}
          value={time_zone}
          onChange={(next) => change({ time_zone: next })}
        />
      </Field>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control */}
      <label className="flex items-start gap-2.5 text-13">
        <Checkbox
          label={t('Everybody needs a second factor')}
          className="mt-0.5"
          disabled={disabled}
          checked={second_factor_required}
          onChange={(next) => change({ second_factor_required: next })}
        />
        <span>
          {t('Everybody needs a second factor')}
          <span className="block text-muted">{t('Anyone without one sets one up before anything else.')}</span>
        </span>
      </label>
      {!disabled && (
        <div>
          <Button type="submit" emphasis="primary" busy={save.isPending}>
            {t('Save workspace')}
          </Button>
        </div>
      )}
    </FormShell>
  );
}
