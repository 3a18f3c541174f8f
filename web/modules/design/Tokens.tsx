import { t } from '../../text/text.ts';
import { PartGroup, State } from './Part.tsx';

const colours = [
  ['canvas', 'bg-canvas'],
  ['surface', 'bg-surface'],
  ['raised', 'bg-raised'],
  ['sunken', 'bg-sunken'],
  ['hover', 'bg-hover'],
  ['pressed', 'bg-pressed'],
  ['line', 'bg-line'],
  ['line-strong', 'bg-line-strong'],
  ['control', 'bg-control'],
  ['accent', 'bg-accent'],
  ['accent-soft', 'bg-accent-soft'],
  ['good', 'bg-good'],
  ['good-soft', 'bg-good-soft'],
  ['attention', 'bg-attention'],
  ['attention-soft', 'bg-attention-soft'],
  ['bad', 'bg-bad'],
  ['bad-soft', 'bg-bad-soft'],
  ['info', 'bg-info'],
  ['info-soft', 'bg-info-soft'],
];

const inks = [
  ['ink', 'text-ink'],
  ['muted', 'text-muted'],
  ['faint', 'text-faint'],
  ['accent-ink', 'text-accent-ink'],
  ['good-ink', 'text-good-ink'],
  ['attention-ink', 'text-attention-ink'],
  ['bad-ink', 'text-bad-ink'],
  ['info-ink', 'text-info-ink'],
];

const sizes = ['text-12', 'text-13', 'text-14', 'text-16', 'text-20', 'text-28'];

/** What all parts are made of. */
export function Tokens() {
  return (
    <PartGroup title={t('Colour and type')}>
      <State label={t('Surfaces and meanings')} wide>
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-3 text-12">
          {colours.map(([name, look]) => (
            <li key={name}>
              <span className={`mb-1 block h-10 rounded-md border border-line-strong ${look}`} />
              {name}
            </li>
          ))}
        </ul>
      </State>
      <State label={t('Text')} wide>
        <ul className="flex flex-wrap gap-x-6 gap-y-2">
          {inks.map(([name, look]) => (
            <li key={name} className={`text-13 ${look}`}>
              {name}
            </li>
          ))}
        </ul>
      </State>
      <State label={t('Sizes')} wide>
        <ul className="flex flex-wrap items-baseline gap-x-6 gap-y-2">
          {sizes.map((size) => (
            <li key={size} className={size}>
              {size.slice(5)} px 0123
            </li>
          ))}
        </ul>
      </State>
    </PartGroup>
  );
}
