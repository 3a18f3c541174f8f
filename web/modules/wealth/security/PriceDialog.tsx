import { useState } from 'react';
import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { AnyRecord, FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { today } from '../../../ui/format.ts';

const fields: readonly FieldDef[] = [
  { key: 'day', label: t('Day'), kind: 'date', required: true },
  { key: 'price', label: t('Market price'), kind: 'decimal', required: true },
  { key: 'source', label: t('Source'), kind: 'text' },
];

/** Notes what a security cost at the end of a day. */
export default function PriceDialog({ security, onClose }: { security: AnyRecord; onClose: () => void }) {
  const [start] = useState(() => ({ day: today() }));
  return (
    <FormDialog
      title={t('New price')}
      action={t('Save')}
      fields={fields}
      start={start}
      onSave={async (body) => {
        const { change } = await changing.post<AnyRecord>('/prices', { ...body, security_id: security.id });
        void queryClient.invalidateQueries({ queryKey: ['price'] });
        void queryClient.invalidateQueries({ queryKey: ['wealth_figures'] });
        offerUndo(t('Price saved'), change, String(security.name ?? ''));
      }}
      onClose={onClose}
    />
  );
}
