import { CalendarClock, X } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { formatDate, today } from '../../ui/format.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Input } from '../../ui/Input.tsx';
import { Popover } from '../../ui/Popover.tsx';

interface AsOfPickerProps {
  day: string | undefined;
  onChange: (day: string | undefined) => void;
}

/** Narrows a list of what holds for a while to what holds on one day. */
export default function AsOfPicker({ day, onChange }: AsOfPickerProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="flex shrink-0 items-center">
      <Popover
        label={t('As of a date')}
        open={open}
        onOpenChange={setOpen}
        className="w-64 p-3"
        trigger={
          <Button
            size="small"
            emphasis={day ? 'secondary' : 'quiet'}
            icon={<CalendarClock size={14} />}
            className="pointer-coarse:h-10"
          >
            {day ? t('As of {day}', { day: formatDate(day) }) : t('As of')}
          </Button>
        }
      >
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            setOpen(false);
          }}
        >
          <p className="text-12 text-muted">{t('Show only what is valid on this day.')}</p>
          <Input
            type="date"
            aria-label={t('Day')}
            value={day ?? ''}
            onValueChange={(next) => onChange(next || undefined)}
          />
          <Button
            size="small"
            onClick={() => {
              onChange(today());
              setOpen(false);
            }}
          >
            {t('Today')}
          </Button>
        </form>
      </Popover>
      {day && (
        <IconButton label={t('Show all days')} onClick={() => onChange(undefined)}>
          <X size={14} />
        </IconButton>
      )}
    </div>
  );
}
