import { changing } from '../../../app/api.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { offerUndo } from '../../../app/undo.ts';
import { FormDialog } from '../../../record/FormDialog.tsx';
import type { FieldDef } from '../../../record/field.ts';
import { t } from '../../../text/text.ts';
import type { Stage } from '../../sales/deal/deal.ts';

const fields: FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  {
    key: 'kind',
    label: t('Deals in it are'),
    kind: 'select',
    required: true,
    options: [
      { value: 'open', label: t('Open') },
      { value: 'won', label: t('Won') },
      { value: 'lost', label: t('Lost') },
    ],
  },
  {
    key: 'probability_percent',
    label: t('How likely they are won, in %'),
    kind: 'integer',
    shownWhen: ({ kind }) => kind === 'open',
  },
  {
    key: 'rotting_days',
    label: t('Too long after, in days'),
    kind: 'integer',
    help: t('Leave it empty when they may stand here for as long as they like'),
    shownWhen: ({ kind }) => kind === 'open',
  },
];

interface StageDialogProps {
  pipelineId: string;
  stage?: Stage;
  onClose: () => void;
}

export function StageDialog({ pipelineId, stage, onClose }: StageDialogProps) {
  return (
    <FormDialog
      title={stage ? t('Edit stage') : t('New stage')}
      action={stage ? t('Save') : t('Create stage')}
      fields={fields}
      start={stage ? { ...stage } : { kind: 'open', probability_percent: 50 }}
      onClose={onClose}
      onSave={async (body) => {
        const { change } = stage
          ? await changing.patch(`/stages/${stage.id}`, body)
          : await changing.post('/stages', { ...body, pipeline_id: pipelineId });
        await queryClient.invalidateQueries({ queryKey: ['pipeline'] });
        offerUndo(stage ? t('Stage changed') : t('Stage created'), change);
      }}
    />
  );
}
