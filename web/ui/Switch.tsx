import { Switch as Base } from '@base-ui/react/switch';

interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label?: string;
  disabled?: boolean;
  name?: string;
}

export function Switch({ checked, onChange, label, ...rest }: SwitchProps) {
  return (
    <Base.Root
      aria-label={label}
      checked={checked}
      onCheckedChange={(next) => onChange(next)}
      // Where one points with a thumb, what takes it is larger than what is drawn.
      className="relative pointer-coarse:before:absolute pointer-coarse:before:-inset-2.5 inline-flex h-5 w-9 shrink-0 items-center rounded-full bg-control p-0.5 transition-colors data-checked:bg-accent data-disabled:opacity-50"
      {...rest}
    >
      <Base.Thumb className="size-4 rounded-full bg-on-accent transition-transform data-checked:translate-x-4 rtl:data-checked:-translate-x-4" />
    </Base.Root>
  );
}
