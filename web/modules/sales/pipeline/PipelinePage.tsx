import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { LongList } from '../../../platform/settings/LongList.tsx';
import { SettingsEmpty } from '../../../platform/settings/SettingsEmpty.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { usePipelines } from '../deal/pipelines.ts';
import { PipelineCard } from './PipelineCard.tsx';
import { PipelineDialog } from './PipelineDialog.tsx';

export default function PipelinePage() {
  const may = useMay();
  const pipelines = usePipelines();
  const [creating, setCreating] = useState(false);
  return (
    <SettingsSection
      title={t('Pipelines')}
      description={t(
        'The stages a deal goes through, how likely it is to be won in each, and after how many days it counts as stalled.',
      )}
      action={
        may('pipeline', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setCreating(true)}>
            {t('New pipeline')}
          </Button>
        )
      }
    >
      <Loaded query={pipelines}>
        {(data) =>
          data.length === 0 ? (
            <SettingsEmpty title={t('No pipelines yet')}>
              {t('The first one is made with your first deal, or here.')}
            </SettingsEmpty>
          ) : (
            <LongList rows={data} step={10} label={t('Search pipelines')} textOf={({ name }) => name}>
              {(shown) => (
                <div className="flex flex-col gap-6">
                  {shown.map((pipeline) => (
                    <PipelineCard key={pipeline.id} pipeline={pipeline} deletable={data.length > 1} />
                  ))}
                </div>
              )}
            </LongList>
          )
        }
      </Loaded>
      {creating && <PipelineDialog onClose={() => setCreating(false)} />}
    </SettingsSection>
  );
}
