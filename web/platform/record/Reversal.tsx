import { useNavigate } from '@tanstack/react-router';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { toast } from '../../ui/toast.ts';
import { api } from '../query/api.ts';
import { attempt } from '../query/attempt.ts';
import { queryClient } from '../query/queryClient.ts';
import { useRecords } from '../query/records.ts';
import { pathOf } from '../query/resources.ts';
import { useMay } from '../session/session.tsx';
import type { RecordDefinition } from './definition.ts';
import type { AnyRecord } from './field.ts';
import { nameOnPage } from './recordName.ts';
import { wordsOf } from './recordTypes.ts';

/** Of a record that is never changed: whether another one sets it off, and the way to make one. */
export default function Reversal({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) {
  const { resource, path, contract } = definition;
  const { by } = contract.appendOnly!;
  const { type } = wordsOf(resource);
  const may = useMay();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const found = useRecords<AnyRecord>(resource, { filter: { field: by, op: 'eq', value: record.id }, limit: 1 });
  const [reversing] = found.rows;
  const reversed = record[by] as string | null;
  const open = (id: string) => void navigate({ to: `${path}/$id`, params: { id } });

  async function reverse() {
    setBusy(true);
    const done = await attempt(async () => {
      const made = await api.post<AnyRecord>(`${pathOf(resource)}/${record.id}/reversal`);
      toast(t('{name} is reversed', { name: nameOnPage(definition, record) }), {
        description: t('A new record offsets it; both are kept.'),
        action: { label: t('Open it'), run: () => open(made.id) },
      });
    });
    await queryClient.invalidateQueries({ queryKey: [resource] });
    setBusy(false);
    if (done) setAsking(false);
  }

  return (
    <>
      {(reversed || reversing) && (
        <div className="order-last basis-full">
          <Banner
            meaning="info"
            action={
              <Button size="small" onClick={() => open((reversing?.id ?? reversed)!)}>
                {reversing ? t('Open the reversing one') : t('Open the reversed one')}
              </Button>
            }
          >
            {reversing
              ? t('This {type} is reversed: another one offsets it.', { type })
              : t('This {type} offsets another one.', { type })}
          </Banner>
        </div>
      )}
      {found.isSuccess && !reversing && may(resource, 'create') && (
        <Button size="small" icon={<Undo2 size={14} />} onClick={() => setAsking(true)}>
          {t('Reverse')}
        </Button>
      )}
      <ConfirmDialog
        open={asking}
        title={t('Reverse this {type}?', { type })}
        description={t(
          'It stays unchanged, and a new one with opposite figures offsets it. Neither can be changed or deleted.',
        )}
        action={t('Reverse')}
        busy={busy}
        onConfirm={() => void reverse()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
