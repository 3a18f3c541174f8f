import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { AnyRecord, FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { today } from '../../../ui/format.ts';
import type { Review } from './rows.ts';

const note: FieldDef = { key: 'note', label: t('Note'), kind: 'long_text' };
const fields: readonly FieldDef[] = [{ key: 'held_on', label: t('Held on'), kind: 'date', required: true }, note];

interface ReviewDialogProps {
  household: AnyRecord;
  review: Review | undefined;
  onClose: () => void;
}

export default function ReviewDialog({ household, review, onClose }: ReviewDialogProps) {
  return (
    <FormDialog
      title={review ? t('Edit review') : t('Reviewed today')}
      description={t('The next review is due one review cycle later.')}
      action={t('Save')}
      fields={review ? [note] : fields}
      start={review ? { ...review } : { held_on: today() }}
      {...(review && { version: review.version })}
      onSave={async (body, version) => {
        const { change } = review
          ? await changing.patch<AnyRecord>(`/client-reviews/${review.id}`, body, version)
          : await changing.post<AnyRecord>('/client-reviews', { ...body, household_id: household.id });
        for (const key of ['client_review', 'household', 'adviser_home'])
          void queryClient.invalidateQueries({ queryKey: [key] });
        offerUndo(t('Review saved'), change, String(household.name ?? ''));
      }}
      onClose={onClose}
    />
  );
}
