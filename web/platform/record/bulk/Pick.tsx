import { type ReactNode, useState } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { type Choice, Combobox } from '../../../ui/Combobox.tsx';
import { Popover } from '../../../ui/Popover.tsx';
import { useLookup } from '../lookup.ts';

interface PickProps {
  of: 'user' | 'tag';
  label: string;
  icon: ReactNode;
  busy: boolean;
  onPick: (choice: Choice) => void;
}

/** A button that asks whom or which. */
export function Pick({ of, label, icon, busy, onPick }: PickProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={label}
      open={open}
      onOpenChange={setOpen}
      className="w-72 p-2"
      trigger={
        <Button size="small" emphasis="quiet" icon={icon} disabled={busy}>
          {label}
        </Button>
      }
    >
      {/* The list opens by itself: both close with one press, as one dialog does. */}
      <div
        onKeyDownCapture={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          setOpen(false);
        }}
      >
        <Choices
          of={of}
          label={label}
          onPick={(choice) => {
            setOpen(false);
            onPick(choice);
          }}
        />
      </div>
    </Popover>
  );
}

function Choices({ of, label, onPick }: Omit<PickProps, 'icon' | 'busy'>) {
  const { choices, loading, setQuery } = useLookup(of);
  return (
    <Combobox
      label={label}
      value={null}
      autoFocus
      choices={choices}
      loading={loading}
      onQuery={setQuery}
      placeholder={of === 'user' ? t('Assign to…') : t('Which tag?')}
      onChange={(choice) => choice && onPick(choice)}
    />
  );
}
