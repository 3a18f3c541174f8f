import { t } from '../text/text.ts';
import { Skeleton, SkeletonRows } from '../ui/Skeleton.tsx';

export function PageSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <div className="flex h-12 shrink-0 items-center border-b border-line px-5">
        <Skeleton className="w-32" />
      </div>
      <SkeletonRows label={t('Loading the page')} count={12} />
    </div>
  );
}
