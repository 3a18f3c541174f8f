import { useNavigate } from '@tanstack/react-router';
import { ChevronDown, ChevronUp, Maximize2, X } from 'lucide-react';
import { useRef } from 'react';
import { t } from '../../text/text.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { firstId } from '../offline/arrivals.ts';
import { useKey } from '../page/useKey.ts';
import type { RecordDefinition } from './definition.ts';
import { RecordView } from './RecordView.tsx';
import { wordsOf } from './recordTypes.ts';

interface RecordPanelProps {
  definition: RecordDefinition;
  id: string;
  neighbours: { previous?: string; next?: string };
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** A record beside its list, with the way to the next one and to its own page. */
export default function RecordPanel({ definition, id, neighbours, onOpen, onClose }: RecordPanelProps) {
  const navigate = useNavigate();
  const words = wordsOf(definition.resource);
  const page = () => void navigate({ to: `${definition.path}/$id`, params: { id } });
  useKey('p', page);
  /** By which button one came to this record: it has the focus again where it is drawn anew. */
  const came = useRef<{ to: string; by: 'previous' | 'next' }>(null);
  const go = (by: 'previous' | 'next') => {
    const to = neighbours[by];
    if (!to) return;
    came.current = { to, by };
    onOpen(to);
  };
  const cameBy = came.current?.to === id ? came.current.by : null;
  return (
    <SidePanel label={t('Details of the {type}', { type: words.type })} onClose={onClose}>
      <RecordView
        key={firstId(id)}
        definition={definition}
        id={id}
        onDeleted={onClose}
        onOpen={onOpen}
        tools={
          <>
            <IconButton
              label={t('Previous {type}', { type: words.type })}
              disabled={!neighbours.previous}
              autoFocus={cameBy === 'previous'}
              onClick={() => go('previous')}
              className="max-md:hidden"
            >
              <ChevronUp size={16} />
            </IconButton>
            <IconButton
              label={t('Next {type}', { type: words.type })}
              disabled={!neighbours.next}
              autoFocus={cameBy === 'next'}
              onClick={() => go('next')}
              className="max-md:hidden"
            >
              <ChevronDown size={16} />
            </IconButton>
            <IconButton label={t('Open as a page')} keys="p" onClick={page}>
              <Maximize2 size={14} />
            </IconButton>
            <IconButton label={t('Close')} keys="esc" onClick={onClose}>
              <X size={16} />
            </IconButton>
          </>
        }
      />
    </SidePanel>
  );
}
