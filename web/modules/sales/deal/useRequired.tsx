import { type ReactNode, useState } from 'react';
import { changing } from '../../../app/api.ts';
import { ApiError } from '../../../app/problem.ts';
import { FormDialog } from '../../../record/FormDialog.tsx';
import { useFields } from '../../../record/useFields.ts';
import { t } from '../../../text/text.ts';
import { deal } from './definition.ts';

/** Something that moves a deal, at the version it has after what was missing has been filled in. */
type Action = (version?: number) => Promise<unknown>;

interface Missing {
  dealId: string;
  fields: string[];
  action: Action;
  done: () => void;
}

/**
 * Runs what moves a deal. When its new stage asks for more than the deal has, a dialog asks for exactly that and then goes on. Says whether it is
 * done; when it is not yet, `done` is called later.
 */
export function useRequired(): {
  run: (dealId: string, action: Action, done?: () => void) => Promise<boolean>;
  dialog: ReactNode;
} {
  const [missing, setMissing] = useState<Missing | null>(null);
  const close = () => setMissing(null);

  async function run(dealId: string, action: Action, done = () => {}): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      const fields = requiredBy(error);
      if (fields.length === 0) throw error;
      setMissing({ dealId, fields, action, done });
      return false;
    }
  }
  return { run, dialog: missing && <RequiredDialog key={missing.dealId} missing={missing} onClose={close} /> };
}

function requiredBy(error: unknown): string[] {
  if (!(error instanceof ApiError)) return [];
  return error.problem.errors.filter(({ code }) => code === 'required_by_stage').map(({ field }) => field);
}

function RequiredDialog({ missing, onClose }: { missing: Missing; onClose: () => void }) {
  const all = useFields(deal);
  const fields = missing.fields.flatMap((name) => {
    const field = all.find(({ key }) => key === name);
    return field ? [{ ...field, readOnly: false, required: true }] : [];
  });
  return (
    <FormDialog
      title={t('The new stage asks for more')}
      description={t('Fill this in, and the deal moves on.')}
      action={t('Save and move')}
      fields={fields}
      start={{}}
      onClose={onClose}
      onSave={async (body) => {
        const { data } = await changing.patch<{ version: number }>(`/deals/${missing.dealId}`, body);
        await missing.action(data.version);
        missing.done();
      }}
    />
  );
}
