import { t } from '../../../text/text.ts';
import { Segments } from '../../../ui/Segments.tsx';

interface WaySegmentsProps<W extends string> {
  /** The way beside Google. */
  other: { value: W; label: string };
  way: W | 'google';
  onChange: (way: W | 'google') => void;
}

/** How something is connected: by Google, or another way. Of what is connected already the way stays. */
export const WaySegments = <W extends string>({ other, way, onChange }: WaySegmentsProps<W>) => (
  <div className="flex">
    <Segments
      label={t('How it is connected')}
      options={[other, { value: 'google', label: 'Google' }]}
      value={way}
      onChange={onChange}
    />
  </div>
);
