import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../app/api.ts';
import { attempt } from '../../../app/attempt.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { useMay } from '../../../app/session.tsx';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import type { Pipeline, Stage } from '../../sales/deal/deal.ts';
import { Panel, PanelRow } from '../Panel.tsx';
import { PipelineDialog } from './PipelineDialog.tsx';
import { StageDialog } from './StageDialog.tsx';

const kinds = { open: null, won: 'Won', lost: 'Lost' } as const;
type Open =
  | { what: 'rename' }
  | { what: 'delete' }
  | { what: 'stage'; stage?: Stage }
  | { what: 'delete-stage'; stage: Stage };

export function PipelineCard({ pipeline, deletable }: { pipeline: Pipeline; deletable: boolean }) {
  const may = useMay();
  const [open, setOpen] = useState<Open | null>(null);
  const { stages } = pipeline;
  const mayUpdate = may('pipeline', 'update');

  async function change(work: () => Promise<unknown>) {
    await attempt(work);
    setOpen(null);
    await queryClient.invalidateQueries({ queryKey: ['pipeline'] });
  }

  const swap = (stage: Stage, other: Stage) =>
    change(async () => {
      await api.patch(`/stages/${stage.id}`, { position: other.position });
      await api.patch(`/stages/${other.id}`, { position: stage.position });
    });

  return (
    <section aria-label={pipeline.name}>
      <header className="mb-2 flex items-center gap-1">
        <h3 className="mr-auto text-14">
          <bdi>{pipeline.name}</bdi>
        </h3>
        {mayUpdate && (
          <>
            <Button size="small" icon={<Plus size={14} />} onClick={() => setOpen({ what: 'stage' })}>
              Stage
            </Button>
            <IconButton label={`Rename ${pipeline.name}`} onClick={() => setOpen({ what: 'rename' })}>
              <Pencil size={14} />
            </IconButton>
          </>
        )}
        {deletable && may('pipeline', 'delete') && (
          <IconButton label={`Delete ${pipeline.name}`} onClick={() => setOpen({ what: 'delete' })}>
            <Trash2 size={14} />
          </IconButton>
        )}
      </header>
      <Panel label={`Stages of ${pipeline.name}`}>
        {stages.map((stage, index) => {
          const above = stages[index - 1];
          const below = stages[index + 1];
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
                `${stage.probability_percent} % likely${stage.rotting_days ? `, too long after ${stage.rotting_days} days` : ''}`
              }
              end={
                mayUpdate && (
                  <>
                    <IconButton
                      label={`Move ${stage.name} up`}
                      disabled={!above}
                      onClick={() => above && void swap(stage, above)}
                    >
                      <ArrowUp size={14} />
                    </IconButton>
                    <IconButton
                      label={`Move ${stage.name} down`}
                      disabled={!below}
                      onClick={() => below && void swap(stage, below)}
                    >
                      <ArrowDown size={14} />
                    </IconButton>
                    <IconButton label={`Edit ${stage.name}`} onClick={() => setOpen({ what: 'stage', stage })}>
                      <Pencil size={14} />
                    </IconButton>
                    <IconButton label={`Delete ${stage.name}`} onClick={() => setOpen({ what: 'delete-stage', stage })}>
                      <Trash2 size={14} />
                    </IconButton>
                  </>
                )
              }
            />
          );
        })}
      </Panel>
      {open?.what === 'rename' && <PipelineDialog pipeline={pipeline} onClose={() => setOpen(null)} />}
      {open?.what === 'stage' && (
        <StageDialog pipelineId={pipeline.id} stage={open.stage} onClose={() => setOpen(null)} />
      )}
      {open?.what === 'delete' && (
        <ConfirmDialog
          open
          danger
          title={`Delete “${pipeline.name}”?`}
          description="It must hold no deals. Its stages go with it."
          action="Delete pipeline"
          onClose={() => setOpen(null)}
          onConfirm={() => void change(() => api.delete(`/pipelines/${pipeline.id}`, pipeline.version))}
        />
      )}
      {open?.what === 'delete-stage' && (
        <ConfirmDialog
          open
          danger
          title={`Delete “${open.stage.name}”?`}
          description="It must hold no deals. Move them to another stage first."
          action="Delete stage"
          onClose={() => setOpen(null)}
          onConfirm={() => void change(() => api.delete(`/stages/${open.stage.id}`))}
        />
      )}
    </section>
  );
}
