import { t } from '../../text/text.ts';
import { changing } from '../query/api.ts';
import { queryClient } from '../query/queryClient.ts';
import { pathOf } from '../query/resources.ts';
import { offerUndo } from '../query/undo.ts';
import { FormDialog } from '../record/FormDialog.tsx';
import { type AnyRecord, isBlank, readField } from '../record/field.ts';
import { useAddedFields } from '../record/useFields.ts';
import { withConfirmation } from '../session/confirm.tsx';
import type { Vocabulary } from './vocabulary.ts';

interface VocabularyDialogProps {
  vocabulary: Vocabulary;
  record?: AnyRecord;
  onClose: () => void;
}

export function VocabularyDialog({ vocabulary, record, onClose }: VocabularyDialogProps) {
  const { resource, words, nameOf, start = {} } = vocabulary;
  const added = useAddedFields(resource).filter(({ readOnly }) => !readOnly);
  const fields = [...vocabulary.fields.filter((field) => !record || !field.createOnly), ...added];
  return (
    <FormDialog
      title={record ? words.edit : words.new}
      action={record ? t('Save') : words.create}
      fields={fields}
      start={record ? Object.fromEntries(fields.map((field) => [field.key, readField(record, field)])) : start}
      version={record?.version}
      onClose={onClose}
      onSave={async (body, version) => {
        const { data, change } = await withConfirmation(() =>
          record
            ? changing.patch<AnyRecord>(`${pathOf(resource)}/${record.id}`, body, version)
            : changing.post<AnyRecord>(
                pathOf(resource),
                Object.fromEntries(Object.entries(body).filter(([, value]) => !isBlank(value))),
              ),
        );
        await queryClient.invalidateQueries({ queryKey: [resource] });
        offerUndo(
          record ? t('“{name}” is saved', { name: nameOf(data) }) : words.created,
          vocabulary.undoable ? change : null,
        );
      }}
    />
  );
}
