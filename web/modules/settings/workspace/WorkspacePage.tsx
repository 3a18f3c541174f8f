import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../app/api.ts';
import { FormShell } from '../../../app/FormShell.tsx';
import { queryClient } from '../../../app/queryClient.ts';
import { useMay } from '../../../app/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import { Loaded } from '../Loaded.tsx';
import { localeOptions, zoneOptions } from '../locales.ts';
import { SettingsSection } from '../SettingsSection.tsx';
import { FeatureSection } from './FeatureSection.tsx';

interface Workspace {
  title: string;
  default_currency: string;
  time_zone: string;
  locale: string;
  second_factor_required: boolean;
  version: number;
}

const key = ['tenant'];

export default function WorkspacePage() {
  const workspace = useQuery({ queryKey: key, queryFn: ({ signal }) => api.get<Workspace>('/tenant', {}, signal) });
  return (
    <>
      <SettingsSection title={t('Workspace')} description={t('Defaults for everyone who has not chosen otherwise.')}>
        <Loaded query={workspace}>{(data) => <WorkspaceForm key={data.version} workspace={data} />}</Loaded>
      </SettingsSection>
      <FeatureSection />
    </>
  );
}

function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const may = useMay();
  const [title, setTitle] = useState(workspace.title);
  const [currency, setCurrency] = useState(workspace.default_currency);
  const [zone, setZone] = useState(workspace.time_zone);
  const [locale, setLocale] = useState(workspace.locale);
  const [strict, setStrict] = useState(workspace.second_factor_required);
  const save = useMutation({
    mutationFn: () =>
      api.patch(
        '/tenant',
        { title, default_currency: currency, time_zone: zone, locale, second_factor_required: strict },
        workspace.version,
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries();
      toast(t('Workspace saved'));
    },
  });
  const disabled = !may('tenant', 'update');
  return (
    <FormShell
      error={save.error}
      fields={['title', 'default_currency', 'time_zone', 'locale']}
      onSubmit={() => save.mutate()}
      className="flex max-w-sm flex-col gap-4"
    >
      <Field name="title" label={t('Name')}>
        <Input required disabled={disabled} value={title} onValueChange={setTitle} />
      </Field>
      <Field name="default_currency" label={t('Currency')} help={t('Of new deals, companies and products')}>
        <Select
          label={t('Currency')}
          disabled={disabled}
          options={Intl.supportedValuesOf('currency').map((value) => ({ value, label: value }))}
          value={currency}
          onChange={setCurrency}
        />
      </Field>
      <Field name="locale" label={t('Language')}>
        <Select
          label={t('Language')}
          disabled={disabled}
          options={localeOptions(locale)}
          value={locale}
          onChange={setLocale}
        />
      </Field>
      <Field name="time_zone" label={t('Time zone')}>
        <Select
          label={t('Time zone')}
          disabled={disabled}
          options={zoneOptions(zone)}
          value={zone}
          onChange={setZone}
        />
      </Field>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control */}
      <label className="flex items-start gap-2.5 text-13">
        <Checkbox
          label={t('Everybody needs a second factor')}
          className="mt-0.5"
          disabled={disabled}
          checked={strict}
          onChange={setStrict}
        />
        <span>
          {t('Everybody needs a second factor')}
          <span className="block text-muted">{t('Whoever has none sets one up before anything else.')}</span>
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
