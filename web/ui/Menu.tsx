import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { cx } from './cx.ts';
import { Kbd } from './Kbd.tsx';

export interface MenuAction {
  label: string;
  icon?: ReactNode;
  keys?: string;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  /** Given: an item that is on or off, and keeps the menu open. */
  checked?: boolean;
  /** Starts a new group, under this heading when it is text. */
  group?: string | true;
}

interface MenuProps {
  trigger: ReactElement;
  actions: readonly MenuAction[];
  align?: 'start' | 'end';
  side?: 'top' | 'bottom' | 'right';
  header?: ReactNode;
}

export function Menu({ trigger, actions, align = 'start', side = 'bottom', header }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-50">
          <Base.Popup className="popup max-h-(--available-height) min-w-48 max-w-80 overflow-y-auto p-1">
            {header && <div className="mb-1 border-b border-line px-2 pt-1 pb-2 wrap-anywhere">{header}</div>}
            {actions.map((action, index) => (
              <Fragment key={action.label}>
                {action.group && index > 0 && <Base.Separator className="-mx-1 my-1 h-px bg-line" />}
                {typeof action.group === 'string' && (
                  <div className="px-2 pt-1 pb-0.5 text-12 text-muted">{action.group}</div>
                )}
                <Item action={action} />
              </Fragment>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ action }: { action: MenuAction }) {
  const content = (
    <>
      {action.icon && <span className={cx('shrink-0', !action.danger && 'text-muted')}>{action.icon}</span>}
      <span className="min-w-0 flex-1 truncate">{action.label}</span>
      {action.keys && <Kbd keys={action.keys} />}
    </>
  );
  const className = cx('menu-item', action.danger && 'text-bad-ink data-highlighted:bg-bad-soft');
  if (action.checked === undefined) {
    return (
      <Base.Item className={className} disabled={action.disabled} onClick={action.onSelect}>
        {content}
      </Base.Item>
    );
  }
  return (
    <Base.CheckboxItem
      className={className}
      disabled={action.disabled}
      checked={action.checked}
      closeOnClick={false}
      onCheckedChange={action.onSelect}
    >
      {content}
      <Base.CheckboxItemIndicator keepMounted className="text-accent-ink data-unchecked:invisible">
        <Check size={14} />
      </Base.CheckboxItemIndicator>
    </Base.CheckboxItem>
  );
}
