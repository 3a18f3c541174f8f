import { useNavigate } from '@tanstack/react-router';
import { definitionOf } from '../../../platform/record/definitions.ts';
import type { ListSearch } from '../../../platform/record/listSearch.ts';
import { t } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import { usePipeline, usePipelines } from './pipelines.ts';

/** Whose stages are the columns of the board. */
export default function PipelinePicker() {
  const navigate = useNavigate();
  const { data: pipelines = [] } = usePipelines();
  const pipeline = usePipeline();
  if (!pipeline || pipelines.length < 2) return null;
  return (
    <Select
      label={t('Pipeline')}
      className="h-7! min-h-0! w-auto! max-w-64 min-w-40 shrink-0 text-13! pointer-coarse:h-10!"
      options={pipelines.map(({ id, name }) => ({ value: id, label: name }))}
      value={pipeline.id}
      onChange={(id) =>
        void navigate({ to: definitionOf('deal').path, search: (kept: ListSearch) => ({ ...kept, board: id }) })
      }
    />
  );
}
