import { cx } from './cx.ts';

interface CheckboxProps {
  checked: boolean;
  /** `extend`: with Shift, which takes all up to the one before. */
  onChange: (checked: boolean, extend: boolean) => void;
  label?: string;
  /** The id of what explains it. */
  describedBy?: string;
  indeterminate?: boolean;
  disabled?: boolean;
  name?: string;
  tabIndex?: number;
  className?: string;
}

/** The browser's own, in our colours: a list draws one for each of its rows. */
export function Checkbox({ label, describedBy, indeterminate = false, onChange, className, ...rest }: CheckboxProps) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      aria-describedby={describedBy}
      ref={(box) => {
        if (box) box.indeterminate = indeterminate;
      }}
      onChange={({ target, nativeEvent }) => onChange(target.checked, (nativeEvent as MouseEvent).shiftKey === true)}
      className={cx('checkbox', className)}
      {...rest}
    />
  );
}
