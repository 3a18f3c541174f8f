import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { currentOf } from '../../../platform/record/saveField.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Textarea } from '../../../ui/Textarea.tsx';
import { toast } from '../../../ui/toast.ts';
import { type CustomField, hasOptions, isConvertible, labelOf, path, types } from './customField.ts';
import { uniqueTypes } from './fieldForm.ts';
import { PreviewTable, type Sample } from './PreviewTable.tsx';

interface Preview {
  fit: number;
  unfit: number;
  fit_samples: Sample[];
  unfit_samples: Sample[];
}

interface Conversion {
  from_type: string;
  cleared: number;
  created_at: string;
}

/** Gives a field another type, once one has seen what becomes of its values. */
export function TypeDialog({ field, onClose }: { field: CustomField; onClose: () => void }) {
  const choices = types().filter(({ value }) => value !== field.type && isConvertible(value));
  const [type, setType] = useState(choices[0]?.value ?? 'text');
  const [options, setOptions] = useState(field.options.join('\n'));
  const lines = options
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const { leave, question } = useLeaving(hasOptions(type) && options !== field.options.join('\n'), onClose);
  const body = { type, ...(hasOptions(type) && { options: lines }) };
  const opened = useOpenedVersion(field.version);
  const address = `${path}/${field.id}/conversion`;
  const last = useQuery({
    queryKey: ['custom_field', 'other', 'conversion', field.id],
    queryFn: ({ signal }) => api.get<{ conversion: Conversion | null }>(address, {}, signal),
  });
  const preview = useMutation({ mutationFn: () => api.post<Preview>(`${address}-previews`, body) });
  const convert = useMutation({
    mutationFn: () => api.post(address, { ...body, unfit: preview.data?.unfit ? 'clear' : 'refuse' }, opened.version),
    onSuccess: async () => {
      await queryClient.invalidateQueries();
      onClose();
      toast(t('“{name}” is now: {type}', { name: field.label, type: labelOf(types(), type) }), {
        action: { label: t('Undo'), run: () => void takeBack() },
      });
    },
    onError: (error) => {
      opened.noteConflict(error);
      // What was shown may be true no longer.
      if (currentOf(error)) preview.reset();
    },
  });

  async function takeBack() {
    const done = await attempt(() => api.delete(address));
    await queryClient.invalidateQueries();
    if (!done) return;
    onClose();
    toast(t('“{name}” has its old type and values back', { name: field.label }));
  }

  const change = (next: () => void) => {
    preview.reset();
    convert.reset();
    next();
  };
  const look = () => {
    convert.reset();
    preview.mutate();
  };
  const error = preview.error ?? convert.error;
  const found = preview.data;
  return (
    <Dialog
      open
      size="medium"
      title={t('Change the type of “{name}”', { name: field.label })}
      description={t(
        'Current type: {type}. You see what happens to its values first, and can undo the change for 30 days.',
        {
          type: labelOf(types(), field.type),
        },
      )}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          {found ? (
            <Button
              emphasis={found.unfit > 0 ? 'danger' : 'primary'}
              busy={convert.isPending}
              onClick={() => convert.mutate()}
            >
              {found.unfit > 0
                ? t('Leave out {count, plural, one {# value} other {# values}} and change', { count: found.unfit })
                : t('Change type')}
            </Button>
          ) : (
            <Button emphasis="primary" busy={preview.isPending} onClick={look}>
              {t('Show what would change')}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4 pt-1">
        {last.data?.conversion && (
          <Banner
            meaning="info"
            action={
              <Button size="small" onClick={() => void takeBack()}>
                {t('Revert')}
              </Button>
            }
          >
            {t('Changed from: {type}.', { type: labelOf(types(), last.data.conversion.from_type) })}{' '}
            <DateText value={last.data.conversion.created_at} />
          </Banner>
        )}
        {error && <Banner meaning="bad">{messageOf(error)}</Banner>}
        <Field name="type" label={t('New type')}>
          <Select
            label={t('New type')}
            options={choices}
            value={type}
            onChange={(next) => change(() => setType(next))}
          />
        </Field>
        {hasOptions(type) && (
          <Field name="options" label={t('Choices')} help={t('One per line')}>
            <Textarea value={options} onValueChange={(next: string) => change(() => setOptions(next))} />
          </Field>
        )}
        {found && (
          <div aria-live="polite" className="flex flex-col gap-3">
            <p className="text-13">
              {t(
                '{fit, plural, one {# value fits} other {# values fit}}, {unfit, plural, =0 {none does not} one {# does not} other {# do not}}.',
                {
                  fit: found.fit,
                  unfit: found.unfit,
                },
              )}
            </p>
            {field.is_unique && uniqueTypes.includes(type) && found.unfit > 0 && (
              <p className="text-12 text-muted">
                {t('Each value may appear only once here. If several become the same, only one of them fits.')}
              </p>
            )}
            <PreviewTable label={t('Values that do not fit')} samples={found.unfit_samples} />
            <PreviewTable label={t('Values that fit')} samples={found.fit_samples.slice(0, 5)} becomes />
          </div>
        )}
      </div>
      {question}
    </Dialog>
  );
}
