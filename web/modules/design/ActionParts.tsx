import { Plus, Star, Trash2 } from 'lucide-react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { Tooltip, TooltipProvider } from '../../ui/Tooltip.tsx';
import { Part, PartGroup, State } from './Part.tsx';
import { long_name } from './samples.ts';

const emphases = ['primary', 'secondary', 'quiet', 'danger'] as const;
const nothing = () => {};

export function ActionParts() {
  return (
    <PartGroup title={t('Actions')}>
      <Part name="Button">
        {emphases.map((emphasis) => (
          <State key={emphasis} label={emphasis}>
            <span className="flex flex-wrap gap-2">
              <Button emphasis={emphasis}>{t('Save')}</Button>
              <Button emphasis={emphasis} disabled>
                {t('Disabled')}
              </Button>
              <Button emphasis={emphasis} busy>
                {t('Busy')}
              </Button>
            </span>
          </State>
        ))}
        <State label={t('Small, with an icon')}>
          <Button size="small" icon={<Plus size={14} />}>
            {t('Add')}
          </Button>
        </State>
      </Part>
      <Part name="IconButton">
        <State label={t('Default, small, disabled')}>
          <span className="flex items-center gap-2">
            <IconButton label={t('Favourite')} keys="f">
              <Star size={16} />
            </IconButton>
            <IconButton label={t('Small')} size="small">
              <Star size={14} />
            </IconButton>
            <IconButton label={t('Disabled')} disabled>
              <Star size={16} />
            </IconButton>
          </span>
        </State>
      </Part>
      <Part name="Menu">
        <State label={t('With groups, keys, a choice, danger and what is disabled')}>
          <Menu
            trigger={<Button>{t('Open the menu')}</Button>}
            header={long_name}
            actions={[
              { label: t('Add'), icon: <Plus size={14} />, keys: 'c', onSelect: nothing },
              { label: t('Disabled'), disabled: true, onSelect: nothing },
              { label: t('Favourite'), checked: true, group: t('Choice'), onSelect: nothing },
              { label: t('Delete'), icon: <Trash2 size={14} />, danger: true, group: true, onSelect: nothing },
            ]}
          />
        </State>
      </Part>
      <Part name="Tooltip" within={['TooltipProvider']}>
        <State label={t('On hover and focus')}>
          <TooltipProvider delay={0}>
            <Tooltip label={t('Search and commands')} keys="mod k">
              <Button>{t('Point here')}</Button>
            </Tooltip>
          </TooltipProvider>
        </State>
      </Part>
      <Part name="Kbd">
        <State label={t('One key and several')}>
          <span className="flex gap-4">
            <Kbd keys="esc" />
            <Kbd keys="mod k" />
            <Kbd keys="shift enter" />
          </span>
        </State>
      </Part>
    </PartGroup>
  );
}
