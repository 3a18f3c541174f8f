import { Pause, Play, Radio, RefreshCw, Square } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { type Tail, tail_lines_max } from './tail.ts';

export type Live = 'off' | 'running' | 'paused';

interface LiveControlsProps {
  live: Live;
  onBegin: () => void;
  onPause: () => void;
  onResume: () => void;
  onEnd: () => void;
  /** Searches once more, up to now. */
  onSearch: () => void;
}

export function LiveControls({ live, onBegin, onPause, onResume, onEnd, onSearch }: LiveControlsProps) {
  return (
    <>
      {live === 'off' && (
        <>
          <Button icon={<Radio size={14} />} onClick={onBegin}>
            {t('Live tail')}
          </Button>
          <IconButton label={t('Search again')} onClick={onSearch}>
            <RefreshCw size={14} />
          </IconButton>
        </>
      )}
      {live === 'running' && (
        <Button icon={<Pause size={14} />} onClick={onPause}>
          {t('Pause')}
        </Button>
      )}
      {live === 'paused' && (
        <Button emphasis="primary" icon={<Play size={14} />} onClick={onResume}>
          {t('Resume')}
        </Button>
      )}
      {live !== 'off' && (
        <Button icon={<Square size={14} />} onClick={onEnd}>
          {t('End live tail')}
        </Button>
      )}
    </>
  );
}

/** The state of the live tail, and how many lines it has. */
export function TailState({ tail, paused }: { tail: Tail; paused: boolean }) {
  const words = [
    paused
      ? t('Paused. Resuming goes on where it stopped.')
      : t('Live: lines appear as they are stored. The requests of this page are left out.'),
    tail.dropped > 0 &&
      t('The newest {max, number} are kept; {count, number} made room.', { max: tail_lines_max, count: tail.dropped }),
    tail.skipped &&
      t('Lines came faster than they could be shown, so some are missing here: end the live tail to search them.'),
  ].filter(Boolean);
  return (
    <div className="mb-3">
      <Banner meaning={tail.failed || tail.skipped ? 'attention' : 'info'}>
        {tail.failed && <strong className="font-semibold">{t('The server did not answer; trying again.')} </strong>}
        {words.join(' ')}{' '}
        <span className="tabular-nums text-12">
          {t('{count, plural, one {# line} other {# lines}}', { count: tail.lines.length })}
        </span>
      </Banner>
    </div>
  );
}
