import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import type { Pipeline } from '../deal/deal.ts';

const fields: FieldDef[] = [{ key: 'name', label: t('Name'), kind: 'text', required: true }];

export function PipelineDialog({ pipeline, onClose }: { pipeline?: Pipeline; onClose: () => void }) {
  return (
    <FormDialog
      title={pipeline ? t('Rename pipeline') : t('New pipeline')}
      description={pipeline ? undefined : t('It starts with five stages, which you can change.')}
      action={pipeline ? t('Save') : t('Create pipeline')}
      fields={fields}
      start={{ name: pipeline?.name ?? '' }}
      version={pipeline?.version}
      onClose={onClose}
      onSave={async (body, version) => {
        const { change } = pipeline
          ? await changing.patch(`/pipelines/${pipeline.id}`, body, version)
          : await changing.post('/pipelines', body);
        await queryClient.invalidateQueries({ queryKey: ['pipeline'] });
        offerUndo(pipeline ? t('Pipeline renamed') : t('Pipeline created'), change);
      }}
    />
  );
}
