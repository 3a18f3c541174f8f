import { type ReactNode, useState } from 'react';
import { api, changing } from '../../../platform/query/api.ts';
import { askedByStage } from '../../../platform/query/problem.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { startOf } from '../../../platform/record/field.ts';
import { useFields } from '../../../platform/record/useFields.ts';
import { t } from '../../../text/text.ts';
import { DealLinesDialog } from './DealLinesDialog.tsx';
import type { Deal } from './deal.ts';

/** Something that moves a deal, at the version it has after what was missing has been filled in. */
type Action = (version?: number) => Promise<unknown>;

interface Missing {
  dealId: string;
  /** What the dialog asks for. Products come first and alone: they make the amount, for which a stage may ask too. */
  fields: string[];
  /** Given when it asks for products. */
  productless: Deal | null;
  action: Action;
  done: () => void;
}

/**
 * Runs what moves a deal. When its new stage asks for more than the deal has, a dialog asks for exactly that and then
 * goes on. Says whether it is done; when it is not yet, `done` is called later. Where the reason of a closing is
 * missing, it fails.
 */
export function useRequired(): {
  run: (dealId: string, action: Action, done?: () => void) => Promise<boolean>;
  /** Asks for what is known to be missing, and then goes on. */
  fill: (dealId: string, fields: string[], action: Action) => Promise<void>;
  dialog: ReactNode;
} {
  const [missing, setMissing] = useState<Missing | null>(null);
  const close = () => setMissing(null);

  async function run(dealId: string, action: Action, done = () => {}): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      const fields = askedByStage(error);
      // The reason is part of the closing, which asks for it itself.
      if (fields.length === 0 || fields.includes('close_reason_id')) throw error;
      await ask(fields, { dealId, action, done });
      return false;
    }
  }

  async function ask(fields: string[], { dealId, action, done }: Pick<Missing, 'dealId' | 'action' | 'done'>) {
    const productless = fields.includes('lines') ? await api.get<Deal>(`/deals/${dealId}`) : null;
    setMissing({ dealId, fields: productless ? ['lines'] : fields, productless, action, done });
  }

  async function goOn(asked: Missing, version: number): Promise<void> {
    try {
      await asked.action(version);
    } catch (error) {
      const fields = askedByStage(error);
      if (fields.length === 0 || fields.some((field) => asked.fields.includes(field))) throw error;
      return ask(fields, asked);
    }
    close();
    asked.done();
  }

  const dialog = missing && (
    <RequiredDialog
      key={missing.fields.join()}
      missing={missing}
      onFilled={(version) => goOn(missing, version)}
      onClose={close}
    />
  );
  const fill = (dealId: string, fields: string[], action: Action) => ask(fields, { dealId, action, done: () => {} });
  return { run, fill, dialog };
}

interface RequiredDialogProps {
  missing: Missing;
  onFilled: (version: number) => Promise<void>;
  onClose: () => void;
}

function RequiredDialog({ missing: { dealId, fields: names, productless }, onFilled, onClose }: RequiredDialogProps) {
  const all = useFields(definitionOf('deal'));
  if (productless)
    return (
      <DealLinesDialog
        deal={productless}
        asked={t('The new stage requires products')}
        onSaved={({ version }) => onFilled(version)}
        onClose={onClose}
      />
    );
  const fields = names.flatMap((name) => {
    const field = all.find(({ key }) => key === name);
    return field ? [{ ...field, readOnly: false, required: true }] : [];
  });
  return (
    <FormDialog
      title={t('The new stage requires more')}
      description={t('Fill this in to move the deal.')}
      action={t('Save and move')}
      fields={fields}
      start={startOf(fields)}
      onClose={onClose}
      closeWhenSaved={false}
      onSave={async (body) => {
        const { data } = await changing.patch<{ version: number }>(`/deals/${dealId}`, body);
        await onFilled(data.version);
      }}
    />
  );
}
