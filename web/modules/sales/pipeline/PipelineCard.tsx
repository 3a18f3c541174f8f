import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { changing } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { InParts } from '../../../platform/settings/LongList.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { formatPercent } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import type { Pipeline, Stage } from '../deal/deal.ts';
import { PipelineDialog } from './PipelineDialog.tsx';
import { StageDialog } from './StageDialog.tsx';

const kinds = { open: null, won: t('Won'), lost: t('Lost') };
type Open =
  | { what: 'rename' }
  | { what: 'delete' }
  | { what: 'stage'; stage?: Stage }
  | { what: 'delete-stage'; stage: Stage };

export function PipelineCard({ pipeline, deletable }: { pipeline: Pipeline; deletable: boolean }) {
  const may = useMay();
  const [open, setOpen] = useState<Open | null>(null);
  const [moving, setMoving] = useState(false);
  const { stages } = pipeline;
  const mayUpdate = may('pipeline', 'update');

  async function remove(said: string, path: string) {
    await attempt(async () => offerUndo(said, (await changing.delete(path)).change));
    setOpen(null);
    await queryClient.invalidateQueries({ queryKey: ['pipeline'] });
  }

  async function move(stage: Stage, by: 1 | -1) {
    // Until the page shows the new order, a click would be about the old one.
    if (moving) return;
    setMoving(true);
    const others = stages.filter((one) => one !== stage);
    const ids = others.toSpliced(stages.indexOf(stage) + by, 0, stage).map(({ id }) => id);
    await attempt(async () => {
      const { change } = await changing.put('/stage-order', { pipeline_id: pipeline.id, ids });
      offerUndo(t('Stages reordered'), change);
    });
    await queryClient.invalidateQueries({ queryKey: ['pipeline'] });
    setMoving(false);
  }

  return (
    <section aria-label={pipeline.name}>
      <header className="mb-2 flex items-center gap-1">
        <h3 className="me-auto min-w-0 text-14 wrap-anywhere">
          <bdi>{pipeline.name}</bdi>
        </h3>
        {mayUpdate && (
          <>
            <Button size="small" icon={<Plus size={14} />} onClick={() => setOpen({ what: 'stage' })}>
              {t('Stage')}
            </Button>
            <IconButton label={t('Rename {name}', { name: pipeline.name })} onClick={() => setOpen({ what: 'rename' })}>
              <Pencil size={14} />
            </IconButton>
          </>
        )}
        {deletable && may('pipeline', 'delete') && (
          <IconButton label={t('Delete {name}', { name: pipeline.name })} onClick={() => setOpen({ what: 'delete' })}>
            <Trash2 size={14} />
          </IconButton>
        )}
      </header>
      <InParts rows={stages}>
        {(shown) => (
          <Panel label={t('Stages of {name}', { name: pipeline.name })}>
            {shown.map((stage, index) => {
              return (
                <PanelRow
                  key={stage.id}
                  title={
                    <>
                      <bdi>{stage.name}</bdi>
                      {kinds[stage.kind] && (
                        <Badge meaning={stage.kind === 'won' ? 'good' : 'bad'}>{kinds[stage.kind]}</Badge>
                      )}
                    </>
                  }
                  detail={
                    stage.kind === 'open' &&
                    (stage.rotting_days
                      ? t('{percent} likely, stalled after {days, plural, one {# day} other {# days}}', {
                          percent: formatPercent(stage.probability_percent),
                          days: stage.rotting_days,
                        })
                      : t('{percent} likely', { percent: formatPercent(stage.probability_percent) }))
                  }
                  end={
                    mayUpdate && (
                      <>
                        <IconButton
                          label={t('Move {name} up', { name: stage.name })}
                          disabled={index === 0}
                          aria-disabled={moving}
                          onClick={() => void move(stage, -1)}
                        >
                          <ArrowUp size={14} />
                        </IconButton>
                        <IconButton
                          label={t('Move {name} down', { name: stage.name })}
                          disabled={index === stages.length - 1}
                          aria-disabled={moving}
                          onClick={() => void move(stage, 1)}
                        >
                          <ArrowDown size={14} />
                        </IconButton>
                        <IconButton
                          label={t('Edit {name}', { name: stage.name })}
                          onClick={() => setOpen({ what: 'stage', stage })}
                        >
                          <Pencil size={14} />
                        </IconButton>
                        <IconButton
                          label={t('Delete {name}', { name: stage.name })}
                          onClick={() => setOpen({ what: 'delete-stage', stage })}
                        >
                          <Trash2 size={14} />
                        </IconButton>
                      </>
                    )
                  }
                />
              );
            })}
          </Panel>
        )}
      </InParts>
      {open?.what === 'rename' && <PipelineDialog pipeline={pipeline} onClose={() => setOpen(null)} />}
      {open?.what === 'stage' && (
        <StageDialog pipelineId={pipeline.id} stage={open.stage} onClose={() => setOpen(null)} />
      )}
      {open?.what === 'delete' && (
        <ConfirmDialog
          open
          danger
          title={t('Delete “{name}”?', { name: pipeline.name })}
          description={t('It must hold no deals. Its stages go with it.')}
          action={t('Delete pipeline')}
          onClose={() => setOpen(null)}
          onConfirm={() => void remove(t('Pipeline deleted'), `/pipelines/${pipeline.id}`)}
        />
      )}
      {open?.what === 'delete-stage' && (
        <ConfirmDialog
          open
          danger
          title={t('Delete “{name}”?', { name: open.stage.name })}
          description={t('It must hold no deals. Move them to another stage first.')}
          action={t('Delete stage')}
          onClose={() => setOpen(null)}
          onConfirm={() => void remove(t('Stage deleted'), `/stages/${open.stage.id}`)}
        />
      )}
    </section>
  );
}
