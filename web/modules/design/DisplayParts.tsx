import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { tagClasses } from '../../ui/hue.ts';
import { Logo } from '../../ui/Logo.tsx';
import { MoneyText } from '../../ui/MoneyText.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { Part, PartGroup, State } from './Part.tsx';
import { long_name, person, rtl_name } from './samples.ts';

const meanings = ['neutral', 'good', 'attention', 'bad', 'info', 'accent'] as const;

export function DisplayParts() {
  return (
    <PartGroup title={t('Values')}>
      <Part name="Avatar">
        <State label={t('Small, medium, large')}>
          <span className="flex items-center gap-3">
            <Avatar name={person} />
            <Avatar name={person} size="medium" />
            <Avatar name={rtl_name} size="large" />
          </span>
        </State>
        <State label={t('Square, and without a letter')}>
          <span className="flex items-center gap-3">
            <Avatar name={long_name} size="large" square />
            <Avatar name="…" size="large" />
          </span>
        </State>
      </Part>
      <Part name="Logo">
        <State label={t('Default')}>
          <Logo />
        </State>
      </Part>
      <Part name="PersonName">
        <State label={t('Default')}>
          <PersonName name={person} />
        </State>
        <State label={t('Long text')}>
          <PersonName name={long_name} square />
        </State>
        <State label={t('Long text, whole')}>
          <PersonName name={long_name} square whole />
        </State>
        <State label={t('Right to left')}>
          <PersonName name={rtl_name} square />
        </State>
      </Part>
      <Part name="Badge">
        <State label={t('Each meaning')} wide>
          <span className="flex flex-wrap gap-2">
            {meanings.map((meaning) => (
              <Badge key={meaning} meaning={meaning}>
                {meaning}
              </Badge>
            ))}
          </span>
        </State>
        <State label={t('Long text')}>
          <Badge>{long_name}</Badge>
        </State>
      </Part>
      <Part name="Chip">
        <State label={t('Each colour')} wide>
          <span className="flex flex-wrap gap-2">
            {Object.keys(tagClasses).map((color) => (
              <Chip key={color} color={color}>
                {color}
              </Chip>
            ))}
          </span>
        </State>
        <State label={t('Removable, long text')}>
          <span className="flex flex-wrap gap-2">
            <Chip onRemove={() => {}}>{rtl_name}</Chip>
            <Chip onRemove={() => {}}>{long_name}</Chip>
          </span>
        </State>
      </Part>
      <Part name="DateText">
        <State label={t('Relative, exact, none')}>
          <span className="flex gap-4">
            <DateText value="2026-01-05T09:00:00Z" />
            <DateText value="2026-01-05" exact />
            <DateText value={null} />
          </span>
        </State>
      </Part>
      <Part name="MoneyText">
        <State label={t('Whole, compact, none')}>
          <span className="flex gap-4">
            <MoneyText amount="1250.50" currency="EUR" />
            <MoneyText amount="98765432.10" currency="JPY" compact />
            <MoneyText amount={null} currency={null} />
          </span>
        </State>
      </Part>
    </PartGroup>
  );
}
