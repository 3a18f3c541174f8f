import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { inSentence, t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';

interface Revealed {
  value: string | null;
  expires_at: string;
}

interface SealedValueProps {
  /** Of its record, in the API. */
  path: string;
  field: string;
  mask: string | null;
  label: string;
}

/**
 * The mask of a sealed value; who may sees the value, with a reason, for a minute. The value stands in this component
 * alone, in no cache of the page.
 */
export function SealedValue({ path, field, mask, label }: SealedValueProps) {
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<Revealed | null>(null);
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(null), Math.max(0, Date.parse(shown.expires_at) - Date.now()));
    return () => clearTimeout(timer);
  }, [shown]);
  if (mask === null) return <span className="text-faint">—</span>;
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <span className="tabular-nums" aria-live="polite">
        {shown?.value ?? mask}
      </span>
      {may('reveal', 'read') &&
        (shown ? (
          <Button size="small" emphasis="quiet" className="print:hidden" onClick={() => setShown(null)}>
            {t('Hide')}
          </Button>
        ) : (
          <Button
            size="small"
            emphasis="quiet"
            className="print:hidden"
            aria-label={t('Reveal {field}', { field: inSentence(label) })}
            onClick={() => setAsking(true)}
          >
            {t('Reveal')}
          </Button>
        ))}
      {asking && (
        <ReasonDialog
          path={path}
          field={field}
          label={label}
          onClose={() => setAsking(false)}
          onRevealed={(revealed) => {
            setShown(revealed);
            setAsking(false);
          }}
        />
      )}
    </span>
  );
}

const reasonField: FieldDef = {
  key: 'reason',
  label: t('Reason'),
  kind: 'text',
  required: true,
  help: t('Recorded with your name'),
};

interface ReasonDialogProps extends Omit<SealedValueProps, 'mask'> {
  onClose: () => void;
  onRevealed: (revealed: Revealed) => void;
}

function ReasonDialog({ path, field, label, onClose, onRevealed }: ReasonDialogProps) {
  const form = useId();
  const [reason, setReason] = useState<unknown>(null);
  const reveal = useMutation({
    gcTime: 0,
    mutationFn: () => api.post<Revealed>(`${path}/reveal`, { field, reason: reason ?? '' }),
    onSuccess: (revealed) => {
      void queryClient.invalidateQueries({ queryKey: ['client_profile', 'disclosures'] });
      onRevealed(revealed);
    },
  });
  return (
    <Dialog
      open
      size="small"
      title={t('Reveal {field}', { field: inSentence(label) })}
      description={t('The value is shown for one minute.')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={reveal.isPending}>
            {t('Reveal')}
          </Button>
        </>
      }
    >
      <FormShell id={form} error={reveal.error} fields={['reason']} onSubmit={() => reveal.mutate()} className="pt-1">
        <FormField field={reasonField} value={reason} onChange={setReason} />
      </FormShell>
    </Dialog>
  );
}
