import { requirableFields } from '../../../../src/modules/sales/stage/requirement/contract.ts';
import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useFields } from '../../../platform/record/useFields.ts';
import { t } from '../../../text/text.ts';
import type { Stage } from '../deal/deal.ts';

const requirableKeys: ReadonlySet<string> = new Set(requirableFields);

const fields: FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  {
    key: 'kind',
    label: t('Deals in this stage are'),
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
    label: t('Stalled after, in days'),
    kind: 'integer',
    help: t('Leave it empty if deals may stay here indefinitely'),
    shownWhen: ({ kind }) => kind === 'open',
  },
];

interface StageDialogProps {
  pipelineId: string;
  stage?: Stage;
  onClose: () => void;
}

/** Of a won or lost stage the percentage is not shown; should it become open, it starts as that of a new one. */
const startOf = (stage: Stage | undefined): Record<string, unknown> =>
  stage?.kind === 'open' ? { ...stage } : { kind: 'open', ...stage, probability_percent: 50 };

export function StageDialog({ pipelineId, stage, onClose }: StageDialogProps) {
  const requirable = useFields(definitionOf('deal')).filter(
    ({ key }) => requirableKeys.has(key) || key.startsWith('custom.'),
  );
  const required: FieldDef = {
    key: 'required_fields',
    label: t('Required to enter this stage'),
    kind: 'multi_select',
    options: [...requirable.map(({ key, label }) => ({ value: key, label })), { value: 'lines', label: t('Products') }],
    help: t('Anyone who moves a deal here without them is asked to fill them in'),
  };
  return (
    <FormDialog
      title={stage ? t('Edit stage') : t('New stage')}
      action={stage ? t('Save') : t('Create stage')}
      fields={[...fields, required]}
      start={startOf(stage)}
      version={stage?.version}
      onClose={onClose}
      onSave={async (body, version) => {
        const { change } = stage
          ? await changing.patch(`/stages/${stage.id}`, body, version)
          : await changing.post('/stages', { ...body, pipeline_id: pipelineId });
        await queryClient.invalidateQueries({ queryKey: ['pipeline'] });
        offerUndo(stage ? t('Stage changed') : t('Stage created'), change);
      }}
    />
  );
}
