import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api, changing } from '../../../platform/query/api.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { offerUndo, refresh } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Stepper } from '../../../ui/Stepper.tsx';

interface PreviewDialogProps<Answer> {
  title: string;
  size?: 'small' | 'medium';
  /** What the first step is called; the second says what changes. */
  step: string;
  fields: readonly (FieldDef & { half?: boolean })[];
  values: Readonly<Record<string, unknown>>;
  onChange: (key: string, value: unknown) => void;
  /** Whether something was typed that would be lost. */
  isTyped: boolean;
  /** Where it is posted, first with `preview`. */
  path: string;
  body: () => Record<string, unknown>;
  /** What is said once it is done, with the way back. */
  done: string;
  action: string;
  household: string;
  /** The household that it makes, to be opened once it is there. */
  made?: (answer: Answer) => { id: string | null; name: string } | null;
  /** What it changes. */
  children: (answer: Answer) => ReactNode;
  onClose: () => void;
}

/** What happens to a household, in two steps: what is asked for, and what it changes before that is done. */
export function PreviewDialog<Answer>(props: PreviewDialogProps<Answer>) {
  const { title, size, step, fields, values, onChange, isTyped, path, body, done, action, household } = props;
  const form = useId();
  const navigate = useNavigate();
  const { leave, question } = useLeaving(isTyped, props.onClose);
  const preview = useMutation({ mutationFn: () => api.post<Answer>(path, { ...body(), preview: true }) });
  const save = useMutation({
    mutationFn: () => changing.post<Answer>(path, body()),
    onSuccess: ({ data, change }) => {
      void refresh();
      const made = props.made?.(data);
      const id = made?.id;
      offerUndo(
        done,
        change,
        made?.name ?? household,
        id ? () => void navigate({ to: `${pathOf('household')}/$id`, params: { id } }) : undefined,
      );
      props.onClose();
    },
  });
  const shown = preview.data;
  const back = () => {
    preview.reset();
    save.reset();
  };
  return (
    <Dialog
      open
      size={size}
      title={title}
      onClose={leave}
      footer={
        <>
          {shown && (
            <Button className="me-auto" emphasis="quiet" onClick={back}>
              {t('Back')}
            </Button>
          )}
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={preview.isPending || save.isPending}>
            {shown ? action : t('Preview')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error ?? preview.error}
        fields={shown ? [] : fields.map(({ key }) => key)}
        onSubmit={() => (shown ? save.mutate() : preview.mutate())}
        className="grid gap-4 pt-1 sm:grid-cols-2"
      >
        <div className="sm:col-span-2">
          <Stepper steps={[step, t('What changes')]} current={shown ? 1 : 0} />
        </div>
        {shown ? (
          <div className="sm:col-span-2">{props.children(shown)}</div>
        ) : (
          fields.map((field) => (
            <FormField
              key={field.key}
              className={field.half ? undefined : 'sm:col-span-2'}
              field={field}
              value={values[field.key] ?? null}
              onChange={(value) => onChange(field.key, value)}
            />
          ))
        )}
      </FormShell>
      {question}
    </Dialog>
  );
}
