import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { changing } from '../../../platform/query/api.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { Deal } from './deal.ts';
import { settle } from './dealActions.ts';
import { LinesEditor } from './LinesEditor.tsx';
import { emptyLine, type Line, linesToWire } from './lines.ts';

interface DealLinesDialogProps {
  deal: Deal;
  /** Why it asks, when the deal is on its way to a stage. */
  asked?: string;
  /** Decides what comes next; without it the dialog closes. */
  onSaved?: (deal: Deal) => Promise<void>;
  onClose: () => void;
}

/** All lines at once; the amount of the deal becomes their sum. */
export function DealLinesDialog({ deal, asked, onSaved, onClose }: DealLinesDialogProps) {
  const form = useId();
  const opened = useOpenedVersion(deal.version);
  const [begun] = useState<Line[]>(() =>
    deal.lines.length > 0 ? deal.lines.map((line) => ({ ...line, key: line.id, stored: line })) : [emptyLine()],
  );
  const [lines, setLines] = useState(begun);
  const { leave, question } = useLeaving(JSON.stringify(typed(lines)) !== JSON.stringify(typed(begun)), onClose);
  const save = useMutation({
    mutationFn: async () => {
      const body = { lines: linesToWire(lines) };
      const { data, change } = await changing.put<Deal>(`/deals/${deal.id}/lines`, body, opened.version);
      opened.reopen(data.version);
      settle(data);
      offerUndo(t('Products saved'), change);
      await onSaved?.(data);
    },
    onSuccess: () => !onSaved && onClose(),
    onError: opened.noteConflict,
  });
  const names = lines.flatMap((_, index) =>
    ['product_id', 'quantity', 'unit_price', 'discount_percent'].map((field) => `lines.${index}.${field}`),
  );

  return (
    <Dialog
      open
      size="large"
      title={asked ?? t('Products')}
      description={t('The amount of the deal becomes the sum of its products, in {currency}.', {
        currency: deal.currency,
      })}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button
            type="submit"
            form={form}
            emphasis="primary"
            busy={save.isPending}
            disabled={asked !== undefined && lines.every(({ product }) => !product)}
          >
            {asked ? t('Save and move') : t('Save products')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={names}
        onSubmit={() => save.mutate()}
        className="flex flex-col gap-3 pt-1"
      >
        <LinesEditor lines={lines} onChange={setLines} />
      </FormShell>
      {question}
    </Dialog>
  );
}

/** Without lines that were added and hold nothing yet. */
const typed = (lines: readonly Line[]): Line[] =>
  lines.filter(({ id, product, unit_price }) => id || product || unit_price !== '');
