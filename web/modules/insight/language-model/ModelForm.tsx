import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { LanguageModel, LanguageModelPut } from '../../../../src/modules/insight/language-model/contract.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { withConfirmation } from '../../../platform/session/confirm.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { NumberInput } from '../../../ui/NumberInput.tsx';
import { PasswordInput } from '../../../ui/PasswordInput.tsx';
import { toast } from '../../../ui/toast.ts';
import { featureLabels, modelFeatures, newSettings } from './model.ts';
import { TryIt } from './TryIt.tsx';

const fields = [
  'url',
  'key',
  'chat_model',
  'vector_model',
  'features',
  'workspace_tokens_max',
  'person_tokens_max',
  'feature_tokens_max',
  'price_in',
  'price_out',
  'price_vectors',
  'currency',
];

const refresh = () => queryClient.invalidateQueries({ queryKey: ['language-model'] });

export function ModelForm({ settings }: { settings: LanguageModel['settings'] }) {
  const [typed, setTyped] = useState<Partial<LanguageModelPut>>({});
  const { has_key, ...known } = settings ?? { ...newSettings, has_key: false };
  const values: LanguageModelPut = { ...known, ...typed };
  const set = (next: Partial<LanguageModelPut>) => setTyped((before) => ({ ...before, ...next }));
  const save = useMutation({
    mutationFn: () => withConfirmation(() => api.put('/language-model', values)),
    onSuccess: async () => {
      await refresh();
      await queryClient.invalidateQueries({ queryKey: ['insights'] });
      setTyped({});
      toast(t('Language model saved'));
    },
  });
  return (
    <FormShell error={save.error} fields={fields} className="flex flex-col gap-4" onSubmit={() => save.mutate()}>
      <Field name="url" label={t('Address')} required help={t('Of the API, such as https://api.openai.com/v1')}>
        <Input inputMode="url" value={values.url} onValueChange={(url) => set({ url })} />
      </Field>
      <Field
        name="key"
        label={t('Key')}
        help={has_key ? t('One is stored, and is never shown. Write another to replace it.') : t('Where it needs one')}
      >
        <PasswordInput
          autoComplete="new-password"
          value={values.key ?? ''}
          onChange={(key) => set({ key: key || undefined })}
        />
      </Field>
      <Field name="chat_model" label={t('Model')} help={t('Writes summaries, next steps and drafts')}>
        <Input value={values.chat_model ?? ''} onValueChange={(name) => set({ chat_model: name || null })} />
      </Field>
      <Field
        name="vector_model"
        label={t('Model for vectors')}
        help={t('For search by meaning. You see what it costs, and agree, before any text is sent.')}
      >
        <Input value={values.vector_model ?? ''} onValueChange={(name) => set({ vector_model: name || null })} />
      </Field>
      <Features values={values} set={set} />
      <Numbers
        values={values}
        set={set}
        title={t('Tokens a day at most')}
        kind="integer"
        of={{
          workspace_tokens_max: t('Of the workspace'),
          person_tokens_max: t('Of each person'),
          feature_tokens_max: t('Of each feature'),
        }}
      />
      <Numbers
        values={values}
        set={set}
        title={t('Price of a million tokens')}
        kind="decimal"
        of={{ price_in: t('Read'), price_out: t('Written'), price_vectors: t('For vectors') }}
      />
      <Field name="currency" label={t('Currency of the prices')}>
        <Input
          maxLength={3}
          className="max-w-24"
          value={values.currency}
          onValueChange={(currency) => set({ currency })}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" emphasis="primary" busy={save.isPending}>
          {t('Save language model')}
        </Button>
        {settings && <TryIt isChanged={Object.keys(typed).length > 0} />}
        {settings && <Remove />}
      </div>
    </FormShell>
  );
}

interface PartProps {
  values: LanguageModelPut;
  set: (next: Partial<LanguageModelPut>) => void;
}

const Features = ({ values: { features }, set }: PartProps) => (
  <Field name="features" label={t('Used for')} several>
    <div className="flex flex-col gap-2 pt-1">
      {modelFeatures.map((feature) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
        <label key={feature} className="flex items-center gap-2 text-13">
          <Checkbox
            label={featureLabels[feature]}
            checked={features.includes(feature)}
            onChange={(on) =>
              set({ features: modelFeatures.filter((each) => (each === feature ? on : features.includes(each))) })
            }
          />
          <span aria-hidden="true">{featureLabels[feature]}</span>
        </label>
      ))}
    </div>
  </Field>
);

type NumberName =
  | 'workspace_tokens_max'
  | 'person_tokens_max'
  | 'feature_tokens_max'
  | 'price_in'
  | 'price_out'
  | 'price_vectors';

interface NumbersProps extends PartProps {
  title: string;
  kind: 'integer' | 'decimal';
  of: Partial<Record<NumberName, string>>;
}

const Numbers = ({ values, set, title, kind, of }: NumbersProps) => (
  <fieldset className="grid grid-cols-3 gap-4 max-sm:grid-cols-1">
    <legend className="mb-2 text-13 font-medium">{title}</legend>
    {(Object.entries(of) as [NumberName, string][]).map(([name, label]) => (
      <Field key={name} name={name} label={label}>
        <NumberInput
          kind={kind}
          value={values[name]}
          onValueChange={(value) => set({ [name]: value === null ? value : Number(value) })}
        />
      </Field>
    ))}
  </fieldset>
);

function Remove() {
  const [asks, setAsks] = useState(false);
  const remove = useMutation({
    mutationFn: () => api.delete('/language-model'),
    onSuccess: async () => {
      setAsks(false);
      await refresh();
    },
  });
  return (
    <>
      <Button onClick={() => setAsks(true)}>{t('Remove')}</Button>
      {remove.error && <Banner meaning="bad">{messageOf(remove.error)}</Banner>}
      <ConfirmDialog
        open={asks}
        title={t('Remove the language model?')}
        description={t('Its address and key are deleted, and sentences are chosen by rules again. The log stays.')}
        action={t('Remove language model')}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsks(false)}
      />
    </>
  );
}
