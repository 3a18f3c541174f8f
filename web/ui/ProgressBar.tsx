import { Progress } from '@base-ui/react/progress';

/** `value` from 0 to 100, or null while nobody knows. */
export function ProgressBar({ label, value }: { label: string; value: number | null }) {
  return (
    <Progress.Root value={value} aria-label={label}>
      <Progress.Track className="h-1.5 overflow-hidden rounded-full bg-pressed">
        <Progress.Indicator className="h-full rounded-full bg-accent transition-[width] duration-180 data-indeterminate:w-1/3 data-indeterminate:animate-slide" />
      </Progress.Track>
    </Progress.Root>
  );
}
